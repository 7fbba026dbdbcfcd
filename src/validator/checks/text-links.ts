/**
 * The extension textLink of HL7's extension pack, by which a narrative says what its parts tell of: each names elements
 * of the div by their ids. What `data` leads to is looked at as that of any URL.
 * https://hl7.org/fhir/extensions/StructureDefinition-textLink.html
 */
import { isObject } from '../../fhir/resource.ts';
import { found, type Run } from '../run.ts';

const textLink = 'http://hl7.org/fhir/StructureDefinition/textLink';
const ids = /\bid\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

export function checkTextLinks({ div, extension }: Record<string, unknown>, run: Run): void {
  if (typeof div !== 'string' || !Array.isArray(extension)) return;
  let known: ReadonlySet<string> | undefined;
  extension.forEach((link: unknown, index) => {
    if (!isObject(link) || link.url !== textLink || !Array.isArray(link.extension)) return;
    link.extension.forEach((part: unknown, place) => {
      if (!isObject(part) || part.url !== 'htmlid' || typeof part.valueString !== 'string') return;
      known ??= new Set([...div.matchAll(ids)].map(([, double, single]) => double ?? single ?? ''));
      if (!known.has(part.valueString))
        found(run, 'local-id-unknown', `extension[${index}].extension[${place}].value`);
    });
  });
}
