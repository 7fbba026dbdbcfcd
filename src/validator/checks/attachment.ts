/**
 * An attachment with data: its size and its hash are those of the data.
 * https://hl7.org/fhir/R4/datatypes.html#Attachment
 */
import { hash as digest } from 'node:crypto';
import { isBase64 } from '../primitives.ts';
import { found, type Run } from '../run.ts';

const whiteSpace = /\s/g;

export function checkAttachment({ data, size, hash }: Record<string, unknown>, run: Run): void {
  if (typeof data !== 'string') return;
  // Without white space the number of characters tells the size.
  const isOfSize = typeof size !== 'number' || size === Buffer.byteLength(data, 'base64');
  if ((isOfSize && typeof hash !== 'string') || !isBase64(data)) return;
  const bytes = Buffer.from(data, 'base64');
  if (!isOfSize && size !== bytes.length) found(run, 'attachment-size', '');
  if (typeof hash === 'string' && digest('sha1', bytes, 'base64') !== hash.replace(whiteSpace, ''))
    found(run, 'attachment-hash', '');
}
