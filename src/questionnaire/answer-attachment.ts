/**
 * How large an attachment may be, and of which kinds. What it does not say of itself is not held against it.
 * https://hl7.org/fhir/R4/extension-maxsize.html and https://hl7.org/fhir/R4/extension-mimetype.html
 */
import { isObject, objectsOf } from '../fhir/resource.ts';
import { extensionValue, type FormItem } from './form.ts';

const base = 'http://hl7.org/fhir/StructureDefinition';
const megabyte = 1024 * 1024;

export function suitsAttachment(item: FormItem, value: unknown): boolean {
  if (!isObject(value)) return true;
  const limit = extensionValue(item.definition, `${base}/maxSize`);
  if (typeof limit === 'number' && sizeOf(value) > limit * megabyte) return false;
  const kinds = objectsOf(item.definition.extension)
    .filter(({ url }) => url === `${base}/mimeType`)
    .map(({ valueCode }) => essence(valueCode));
  return kinds.length === 0 || value.contentType === undefined || isOneOf(essence(value.contentType), kinds);
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
