/**
 * How long a text may or must be, how exact a number and how large an attachment: maxLength, and the extensions
 * minLength, maxDecimalPlaces and maxSize.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.maxLength,
 * https://hl7.org/fhir/R4/extension-minlength.html, extension-maxdecimalplaces.html and extension-maxsize.html
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { decimalPlaces } from '../../fhir/decimal-places.ts';
import { maxBytes } from '../../fhir/max-size.ts';
import { isObject } from '../../fhir/resource.ts';
import type { ValueCheck } from '../compilation.ts';
import type { FindingKey } from '../finding.ts';
import { found } from '../run.ts';

const extensions = 'http://hl7.org/fhir/StructureDefinition/';

/** The number that an extension gives, as integer or as decimal. */
function numberIn(definition: ElementDefinition | undefined, name: string): number | undefined {
  const extension = definition?.extension?.find(({ url }) => url === extensions + name);
  return extension?.valueInteger ?? extension?.valueDecimal;
}

interface Extent {
  readonly key: FindingKey;
  limit(definition: ElementDefinition | undefined): number | undefined;
  isBeyond(value: unknown, limit: number, type: string): boolean;
}

const extents: readonly Extent[] = [
  {
    key: 'string-length',
    limit: (definition) => definition?.maxLength,
    isBeyond: (value, limit) =>
      typeof value === 'string' && value.length > limit && Array.from(value).length > limit,
  },
  {
    key: 'string-short',
    limit: (definition) => numberIn(definition, 'minLength'),
    isBeyond: (value, limit) => !isObject(value) && Array.from(String(value)).length < limit,
  },
  {
    key: 'decimal-places',
    limit: (definition) => numberIn(definition, 'maxDecimalPlaces'),
    isBeyond(value, limit) {
      const number = isObject(value) ? value.value : value;
      return typeof number === 'number' && decimalPlaces(number) > limit;
    },
  },
  {
    key: 'data-size',
    limit: (definition) => numberIn(definition, 'maxSize'),
    isBeyond: (value, limit, type) => (sizeOf(value, type) ?? 0) > maxBytes(limit),
  },
];

/** In bytes: as the data have it, or as an attachment says; undefined of what has no size. */
function sizeOf(value: unknown, type: string): number | undefined {
  if (!isObject(value)) return type === 'base64Binary' ? bytesOf(value) : undefined;
  return bytesOf(value.data) ?? (typeof value.size === 'number' ? value.size : undefined);
}

function bytesOf(data: unknown): number | undefined {
  return typeof data === 'string' ? Buffer.byteLength(data.replace(/\s/g, ''), 'base64') : undefined;
}

export function extentCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
): ValueCheck | undefined {
  const limits = extents.flatMap(({ key, limit, isBeyond }) => {
    const most = limit(definition);
    return most === undefined || most === limit(base) ? [] : [{ key, most, isBeyond }];
  });
  if (limits.length === 0) return undefined;
  return (value, run, type) => {
    if (value === undefined || value === null) return;
    for (const { key, most, isBeyond } of limits)
      if (isBeyond(value, most, type)) found(run, key, '', '', most);
  };
}
