/**
 * How many bytes an attachment may have, as far as it tells, and of which kinds it is to be.
 * https://hl7.org/fhir/extensions/StructureDefinition-maxSize.html and
 * https://hl7.org/fhir/extensions/StructureDefinition-mimeType.html
 */
import { maxBytes } from '../fhir/max-size.ts';
import { isObject, objectsOf } from '../fhir/resource.ts';
import { extensionValue, type FormItem } from './form.ts';

const base = 'http://hl7.org/fhir/StructureDefinition';

export function suitsAttachment(item: FormItem, value: unknown): boolean {
  if (!isObject(value)) return true;
  const limit = extensionValue(item.definition, `${base}/maxSize`);
  if (typeof limit === 'number' && sizeOf(value) > maxBytes(limit)) return false;
  const kinds = objectsOf(item.definition.extension)
    .filter(({ url }) => url === `${base}/mimeType`)
    .map(({ valueCode }) => essence(valueCode));
  // One that does not say what it is, is none of them.
  return kinds.length === 0 || isOneOf(essence(value.contentType ?? ''), kinds);
}

/** In bytes: as it says, or as its data have it. */
function sizeOf({ size, data }: Record<string, unknown>): number {
  if (typeof size === 'number') return size;
  return typeof data === 'string' ? Math.floor((data.replace(/[\s=]/g, '').length * 3) / 4) : 0;
}

/** `text/plain` of `Text/Plain; charset=UTF-8`. */
const essence = (type: unknown) => String(type).split(';', 1)[0]!.trim().toLowerCase();

/** Among them may be `image/*`. */
const isOneOf = (type: string, kinds: readonly string[]) =>
  kinds.some((kind) => kind === type || (kind.endsWith('/*') && type.startsWith(kind.slice(0, -1))));
