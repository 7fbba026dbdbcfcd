/**
 * The least length, the most decimal places and the largest size that a profile allows, by extensions of an element:
 * `minLength`, `maxDecimalPlaces` and `maxSize`.
 * https://hl7.org/fhir/R4/extension-minlength.html, extension-maxdecimalplaces.html and extension-maxsize.html
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { decimalPlaces } from '../../fhir/decimal-places.ts';
import { isObject } from '../../fhir/resource.ts';
import type { ValueCheck } from '../compilation.ts';
import { found } from '../run.ts';

/** How much there is of a value that a limit can be held against; undefined of others. */
type Measure = (value: unknown, type: string) => number | undefined;

interface Row {
  readonly url: string;
  readonly measure: Measure;
  readonly fits: (size: number, limit: number) => boolean;
}

const base = 'http://hl7.org/fhir/StructureDefinition/';
const atLeast = (size: number, limit: number) => size >= limit;
const atMost = (size: number, limit: number) => size <= limit;

const rows: readonly Row[] = [
  {
    url: `${base}minLength`,
    measure: (value) => (isObject(value) ? undefined : [...String(value)].length),
    fits: atLeast,
  },
  {
    url: `${base}maxDecimalPlaces`,
    measure(value) {
      const number = isObject(value) ? value.value : value;
      return typeof number === 'number' ? decimalPlaces(number) : undefined;
    },
    fits: atMost,
  },
  {
    url: `${base}maxSize`,
    measure: (value, type) =>
      isObject(value)
        ? (bytesOf(value.data) ?? sizeOf(value))
        : type === 'base64Binary'
          ? bytesOf(value)
          : undefined,
    fits: atMost,
  },
];

function bytesOf(data: unknown): number | undefined {
  return typeof data === 'string' ? Buffer.byteLength(data.replace(/\s/g, ''), 'base64') : undefined;
}

function sizeOf({ size }: Record<string, unknown>): number | undefined {
  return typeof size === 'number' ? size : undefined;
}

/** The number that an extension gives as integer or as decimal. */
function limitOf(definition: ElementDefinition | undefined, url: string): number | undefined {
  const extension = definition?.extension?.find((one) => one.url === url);
  return extension?.valueInteger ?? extension?.valueDecimal;
}

export function sizeLimits(
  definition: ElementDefinition,
  inherited: ElementDefinition | undefined,
  profile: string,
): ValueCheck | undefined {
  const limits = rows.flatMap(({ url, ...row }) => {
    const limit = limitOf(definition, url);
    return limit === undefined || limit === limitOf(inherited, url) ? [] : { ...row, limit };
  });
  if (limits.length === 0) return undefined;
  const name = definition.path ?? '';
  return (value, run, type) => {
    if (value === undefined || value === null) return;
    for (const { measure, fits, limit } of limits) {
      const size = measure(value, type);
      if (size !== undefined && !fits(size, limit)) found(run, 'value-size', '', name, profile);
    }
  };
}
