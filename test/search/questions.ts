/** Makes up searches that have a chance to match: from values found in resources, bent a little. */
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Found, Question } from './oracle.ts';

type Alternative = readonly string[];
type Asked = readonly [modifier: string | undefined, value: Alternative];

// biome-ignore lint/suspicious/noExplicitAny: values come as they are in resources
type Any = any;

export const prefixes = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;

/** All questions one value of a parameter gives rise to. */
export function questionsFrom(found: Found, definition: SearchParameter): Question[] {
  const missing: Asked[] = [
    ['missing', ['true']],
    ['missing', ['false']],
  ];
  return [...missing, ...asked(found, definition)]
    .filter(([, parts]) => parts.some((part) => part !== '') && parts.every((part) => part === part.trim()))
    .map(([modifier, parts]) => ({ definition, modifier, values: [parts] }));
}

/** The text of a question as a query has it. */
export function queryOf({ definition, modifier, values }: Question): [string, string] {
  const escaped = (part: string): string => part.replace(/[\\,|$]/g, '\\$&');
  const name = modifier === undefined ? definition.code! : `${definition.code}:${modifier}`;
  // The bar of a canonical's version is part of its text.
  const separator = definition.type === 'uri' ? '\\|' : '|';
  return [name, values.map((parts) => parts.map(escaped).join(separator)).join(',')];
}

function asked(found: Found, definition: SearchParameter): Asked[] {
  switch (definition.type) {
    case 'token':
      return askedOfToken(found);
    case 'string':
      return textsOf(found.value).flatMap(askedOfText);
    case 'uri':
      return askedOfUri(found.value);
    case 'reference':
      return askedOfReference(found, definition);
    case 'date':
      return datesOf(found.value).flatMap((date) =>
        prefixes.map((prefix): Asked => [undefined, [prefix + date]]),
      );
    case 'number':
      return numbersNear(found.value).map((text): Asked => [undefined, [text]]);
    case 'quantity':
      return askedOfQuantity(found.value);
    default:
      return [];
  }
}

function askedOfToken({ type, value }: Found): Asked[] {
  const holders: Any[] = type === 'CodeableConcept' ? (value.coding ?? []) : [value];
  return holders.flatMap((holder): Asked[] => {
    const code = String(typeof holder === 'object' ? (holder.code ?? holder.value ?? '') : holder);
    const system = String(holder.system ?? '');
    const display = String(value.text ?? holder.display ?? holder.type?.text ?? '');
    const typed = holder.type?.coding?.[0];
    return [
      [undefined, [code]],
      [undefined, [code.toUpperCase()]],
      [undefined, [`${code}x`]],
      [undefined, [system, code]],
      [undefined, ['', code]],
      ['not', [code]],
      ['not', [system, code]],
      ...(system ? [[undefined, [system, '']] as Asked] : []),
      ...(display ? [['text', [display.slice(0, 5).trim()]] as Asked] : []),
      ...(typed?.system && typed.code && code
        ? [['of-type', [typed.system, typed.code, code]] as Asked]
        : []),
    ];
  });
}

function textsOf(value: Any): string[] {
  if (typeof value === 'string') return [value];
  return Object.values(value ?? {})
    .flat()
    .filter((text): text is string => typeof text === 'string');
}

function askedOfText(text: string): Asked[] {
  const short = text.slice(0, 60).trim();
  return [
    [undefined, [short]],
    [undefined, [short.slice(0, 3).trim().toUpperCase()]],
    [undefined, [short.slice(1).trim()]],
    ['contains', [short.slice(2, 7).trim()]],
    ['contains', [`${short}~`]],
    ['exact', [text]],
    ['exact', [text.toUpperCase()]],
  ];
}

function askedOfUri(uri: string): Asked[] {
  return [
    [undefined, [uri]],
    [undefined, [uri.toUpperCase()]],
    [undefined, [uri.slice(0, -1)]],
    ['below', [uri.slice(0, uri.lastIndexOf('/') + 1) || uri]],
    ['above', [uri]],
    ['above', [`${uri}/more`]],
  ];
}

function askedOfReference({ value }: Found, definition: SearchParameter): Asked[] {
  const identifier = value.identifier;
  const byIdentifier: Asked[] = identifier
    ? [
        ['identifier', [String(identifier.value ?? '')]],
        ['identifier', [String(identifier.system ?? ''), String(identifier.value ?? '')]],
      ]
    : [];
  const text: unknown = typeof value === 'string' ? value : value.reference;
  if (typeof text !== 'string' || text.startsWith('#')) return byIdentifier;
  const [unversioned = ''] = text.split('/_history/');
  const [type, id, ...rest] = unversioned.split('/');
  const local = rest.length === 0 && type !== undefined && id !== undefined && /^[A-Z]\w+$/.test(type);
  const typed: Asked[] = local
    ? [
        [undefined, [id]],
        [undefined, [unversioned]],
        [undefined, [`http://local/fhir/${text}`]],
        [undefined, [`http://other/fhir/${text}`]],
        ...((definition.target ?? []) as string[]).slice(0, 3).map((target): Asked => [target, [id]]),
      ]
    : [];
  return [...byIdentifier, ...typed, [undefined, text.split('|')]];
}

function datesOf(value: Any): string[] {
  const texts = typeof value === 'string' ? [value] : [value.start, value.end, ...(value.event ?? [])];
  return texts.filter(Boolean).flatMap((text: string) => {
    const [day = ''] = text.split('T');
    return [
      ...new Set([text, day, day.slice(0, 7), day.slice(0, 4), `${day}T12:00`, `${day}T08:30:00+02:00`]),
    ].filter((date) => /^\d{4}/.test(date) && (!date.includes('T') || day.length === 10));
  });
}

function numbersNear(value: number): string[] {
  const texts = [
    String(value),
    value.toFixed(1),
    value.toPrecision(2),
    String(Math.round(value) + 1),
    '1e2',
    value.toExponential(),
    value.toExponential(1),
    '-5',
  ];
  return texts.flatMap((text) => prefixes.map((prefix) => prefix + text));
}

/** The same mass in grams, and what is just beside it. */
function inOtherMass({ value = 0, code }: Any): Asked[] {
  const grams = Number((value * (code === 'mg' ? 1e-3 : 1e3)).toPrecision(12));
  return prefixes.map(
    (prefix): Asked => [undefined, [`${prefix}${grams}`, 'http://unitsofmeasure.org', 'g']],
  );
}

function askedOfQuantity(value: Any): Asked[] {
  const holder = value.low ?? value.high ?? value.origin ?? value;
  const code = String(holder.code ?? holder.currency ?? '');
  return numbersNear(holder.value ?? 0).flatMap((text): Asked[] => [
    [undefined, [text]],
    ...(code
      ? ([
          [undefined, [text, '', code]],
          [undefined, [text, String(holder.system ?? 'urn:iso:std:iso:4217'), code]],
        ] as Asked[])
      : []),
    ...(holder.unit ? ([[undefined, [text, '', String(holder.unit)]]] as Asked[]) : []),
    ...['ug', 'mg', 'g', 'kg'].map((mass): Asked => [undefined, [text, 'http://unitsofmeasure.org', mass]]),
    ...(holder.code === 'mg' || holder.code === 'kg' ? inOtherMass(holder) : []),
  ]);
}
