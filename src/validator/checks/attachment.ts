/**
 * An attachment with data: its size and its hash are those of the data.
 * https://hl7.org/fhir/R4/datatypes.html#Attachment
 */
import { createHash } from 'node:crypto';
import { isBase64 } from '../primitives.ts';
import { found, type Run } from '../run.ts';

export function checkAttachment({ data, size, hash }: Record<string, unknown>, run: Run): void {
  if (typeof data !== 'string' || (size === undefined && hash === undefined) || !isBase64(data)) return;
  const bytes = Buffer.from(data, 'base64');
  if (typeof size === 'number' && size !== bytes.length) found(run, 'attachment-size', '');
  if (typeof hash !== 'string') return;
  if (createHash('sha1').update(bytes).digest('base64') !== hash.replace(/\s/g, ''))
    found(run, 'attachment-hash', '');
}
