/**
 * One element of a differential laid over what it constrains.
 * https://hl7.org/fhir/R4/elementdefinition.html#interpretation
 */
import type { ElementDefinition } from '@medplum/fhirtypes';

/** Lists that a differential adds to, with what makes two entries the same; every other member is replaced. */
const added: Readonly<Record<string, (entry: never) => unknown>> = {
  constraint: ({ key }: { key: string }) => key,
  condition: (id: string) => id,
  alias: (name: string) => name,
  code: (coding: object) => JSON.stringify(coding),
  example: ({ label }: { label: string }) => label,
  mapping: ({ identity, map }: { identity: string; map: string }) => `${identity}|${map}`,
};

/** Members that say where an element stands, which merging leaves alone. */
const placed: ReadonlySet<string> = new Set(['id', 'path', 'base', 'sliceName']);

const singleChoice = /^(fixed|pattern|minValue|maxValue|defaultValue)[A-Z]/;

/** Prose that a differential may go on with: what begins with three dots follows what is there. */
const continued: ReadonlySet<string> = new Set(['short', 'definition', 'comment', 'requirements']);

/** Parts of a member that stay when a differential says the member without them. */
const lasting: Readonly<Record<string, readonly string[]>> = {
  binding: ['valueSet'],
  slicing: ['discriminator', 'ordered'],
};

/**
 * @param source canonical of the profile, which its new constraints name as theirs
 */
export function mergeElement(
  base: ElementDefinition,
  differential: ElementDefinition,
  source: string,
): ElementDefinition {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(differential)) {
    if (placed.has(name)) continue;
    if (name === 'constraint') {
      const own = (value as NonNullable<ElementDefinition['constraint']>).map((one) => ({ source, ...one }));
      merged.constraint = addTo(base.constraint ?? [], own, added.constraint!);
    } else if (added[name]) {
      merged[name] = addTo((merged[name] as unknown[]) ?? [], value as unknown[], added[name]);
    } else if (continued.has(name) && value.startsWith('...')) {
      merged[name] = [merged[name], value.slice(3)].filter(Boolean).join('\r\n');
    } else {
      const kind = singleChoice.exec(name)?.[1];
      if (kind) forgetOthers(merged, kind);
      merged[name] = lasting[name] ? withLasting(merged[name], value, lasting[name]) : value;
    }
  }
  return merged as unknown as ElementDefinition;
}

function withLasting(base: unknown, value: object, parts: readonly string[]): object {
  const kept = Object.entries(base ?? {}).filter(([name]) => parts.includes(name));
  return { ...Object.fromEntries(kept), ...value };
}

function addTo(
  base: readonly unknown[],
  more: readonly unknown[],
  identify: (entry: never) => unknown,
): unknown[] {
  const keyOf = identify as (entry: unknown) => unknown;
  const told = new Map(more.map((one) => [keyOf(one), one]));
  const kept = base.map((one) => told.get(keyOf(one)) ?? one);
  const known = new Set(base.map(keyOf));
  return [...kept, ...more.filter((one) => !known.has(keyOf(one)))];
}

/** An element has one fixed value, one pattern and so on. */
function forgetOthers(element: Record<string, unknown>, kind: string): void {
  for (const name of Object.keys(element)) {
    if (singleChoice.exec(name)?.[1] === kind) delete element[name];
  }
}
