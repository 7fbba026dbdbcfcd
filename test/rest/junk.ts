/** Requests nobody should send, for the property that they are refused and nothing worse. */
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';

/** Texts that break parsers. */
export const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    ...[
      '',
      'null',
      '%00',
      '\u0000',
      '%',
      '%zz',
      '../..',
      "' OR 1=1 --",
      '*',
      '"',
      '\\',
      '|',
      '||',
      '$',
      ',',
      ':',
    ],
    ...['9'.repeat(400), '-0', '1e999', '1e-999', 'NaN', 'ge9999-99-99', 'ap0000', 'eq2026-02-30T25:61:61Z'],
    ...['urn:uuid:', 'Patient/', 'http://', 'a|b|c|d', 'a$b$c$d', '__proto__', 'constructor', 'toString'],
  ),
);

/** Values a search may take, now and then. */
const value = fc.oneof(
  { weight: 1, arbitrary: junk },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        'a',
        'Patient/a',
        'http://loinc.org|44261-6',
        '|',
        'true',
        'ge2026',
        'lt2026-01-01T00:00',
        '5.4||mg',
        '1',
      ],
      ...[
        'a,b',
        'a\\,b',
        '-date',
        'Observation:subject',
        'Patient:*',
        '*',
        'count',
        'accurate',
        'final',
        '2026-01',
      ],
    ),
  },
);

const modifiers = [
  '',
  '',
  '',
  ':not',
  ':exact',
  ':contains',
  ':missing',
  ':identifier',
  ':Patient',
  ':text',
  ':of-type',
];
const resultParameters = [
  ...['_count', '_sort', '_include', '_revinclude', '_include:iterate', '_total', '_summary', '_elements'],
  ...[
    '_cursor',
    '_format',
    '_pretty',
    '_id',
    '_lastUpdated',
    '_profile',
    '_tag',
    '_filter',
    '_has:Observation:patient:code',
  ],
  ...['_contained', 'subject:Patient.name', 'patient.name', 'mode', 'profile', '_since', '_at'],
];

/** @param codes search parameters there are */
export function queryText(codes: readonly string[]): fc.Arbitrary<string> {
  const name = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...codes), fc.constantFrom(...modifiers))
        .map((parts) => parts.join('')),
    },
    { weight: 3, arbitrary: fc.constantFrom(...resultParameters) },
    { weight: 1, arbitrary: junk },
  );
  return fc.tuple(fc.array(fc.tuple(name, value), { maxLength: 3 }), fc.nat(9)).map(([pairs, dice]) => {
    // Now and then as raw as a request line allows.
    const encode = dice === 0 ? (text: string) => text.replace(/[^!-~]/g, '') : encodeSegment;
    return pairs.map((pair) => pair.map(encode).join('=')).join('&');
  });
}

export function encodeSegment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Headers FHIR knows, with values it may not. */
export const headers = fc.dictionary(
  fc.constantFrom(
    ...['accept', 'accept-encoding', 'content-encoding', 'if-match', 'if-none-match', 'if-modified-since'],
    ...['if-none-exist', 'origin', 'prefer', 'x-request-id', 'x-provenance', 'x-security-context'],
  ),
  fc.oneof(
    fc.constantFrom(
      ...[
        'W/"1"',
        '*',
        'W/',
        '""',
        'return=minimal',
        'return=OperationOutcome, handling=lenient',
        'gzip',
        'br',
      ],
      ...['application/fhir+xml', 'application/json', 'text/html;q=x', 'identifier=a|b', '_id=a', '_count=1'],
      ...['Fri, 02 Jan 2026 03:04:05 GMT', 'not a date'],
    ),
    fc.string({ maxLength: 30 }),
  ),
  { maxKeys: 2 },
);

export const contentType = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/fhir+json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        'application/x-www-form-urlencoded',
        'application/json; charset=latin1',
        'application/fhir+xml',
        'application/json-patch+json',
        'image/png',
        '',
        ';',
      ],
    ),
  },
);

/** Any method on any path. */
export function anyRequest(codes: readonly string[], types: readonly string[]): fc.Arbitrary<InjectOptions> {
  const type = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...types) }, { weight: 1, arbitrary: junk });
  const id = fc.oneof(fc.constantFrom('a', 'b', 'c'), junk);
  const version = fc.oneof(fc.constantFrom('1', '0', '-1', '99999999999999999999'), junk);
  const path: fc.Arbitrary<readonly string[]> = fc.oneof(
    fc.tuple(type),
    fc.tuple(type, id),
    fc.tuple(type, id, fc.constant('_history')),
    fc.tuple(type, id, fc.constant('_history'), version),
    fc.tuple(type, fc.constantFrom('_search', '$validate', '_history', '$nothing')),
    fc.tuple(type, id, fc.constant('$validate')),
    fc.constant(['_history']),
    fc.array(junk, { maxLength: 5 }),
  );
  const payload = fc.oneof(
    fc.json({ maxDepth: 5 }),
    queryText(codes),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      '',
      '{',
      '[]',
      'null',
      '"',
      '{"resourceType":null}',
      '{"resourceType":"Bundle","entry":[null]}',
    ),
  );
  return fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'),
      path,
      query: queryText(codes),
      headers,
      host: fc.option(junk, { freq: 10 }),
      contentType,
      payload,
    })
    .map((parts) => {
      const hasBody = parts.method.startsWith('P');
      const url = ['/fhir', ...parts.path.map(encodeSegment)].join('/');
      return {
        method: parts.method as 'GET',
        url: parts.query === '' ? url : `${url}?${parts.query}`,
        headers: {
          ...parts.headers,
          ...(parts.host === null ? {} : { host: parts.host.replace(/[^ -~]/g, '') }),
          ...(hasBody ? { 'content-type': parts.contentType } : {}),
        },
        ...(hasBody ? { payload: parts.payload } : {}),
      };
    });
}

const pointer = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '/',
      '/id',
      '/status',
      '/category/0',
      '/category/-',
      '/category/0/coding',
      '/component/0/valueQuantity',
    ],
    ...[
      '/component/0/valueQuantity/value',
      '/_status/extension/0',
      '/contained/0',
      '/meta',
      '/resourceType',
      '/~2',
    ],
  ),
  junk,
);

/** JSON Patches of an Observation, some of which fit. */
export const jsonPatch = fc.array(
  fc.record(
    {
      op: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test') },
        { weight: 1, arbitrary: junk },
      ),
      path: pointer,
      from: pointer,
      value: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('final', 120.5, 'amended')),
    },
    { requiredKeys: ['op', 'path'] },
  ),
  { maxLength: 4 },
);

const fhirPath = fc.oneof(
  fc.constantFrom(
    ...[
      'Observation',
      'Observation.status',
      'status',
      'Observation.category[0]',
      'category',
      'Observation.value',
    ],
    ...[
      'component.where(code.exists()).value.ofType(Quantity).value',
      'Observation.status.extension[0].value',
    ],
    ...[
      "Observation.extension('http://example.org/x')",
      'contained[0].deviceName',
      'Observation.component.first()',
    ],
    ...[
      'Observation.category.where(',
      'a.b.c',
      '%resource',
      "Observation.code.coding.where(code = 'x').display",
    ],
  ),
  junk,
);
const named = (name: string, content: fc.Arbitrary<object>) =>
  fc.option(
    content.map((members) => ({ name, ...members })),
    { nil: undefined, freq: 4 },
  );
const text = (texts: fc.Arbitrary<string>) => texts.map((valueString) => ({ valueString }));
const whole = fc.oneof(fc.nat(3), fc.integer()).map((valueInteger) => ({ valueInteger }));

/** FHIRPath Patches of an Observation, some of which fit. */
export const fhirPathPatch = fc
  .array(
    fc
      .tuple(
        named('type', text(fc.constantFrom('add', 'insert', 'delete', 'replace', 'move', 'toString'))),
        named('path', text(fhirPath)),
        named(
          'name',
          text(fc.constantFrom('status', 'value', 'category', 'extension', 'component', 'nothing')),
        ),
        named('index', whole),
        named('source', whole),
        named('destination', whole),
        named(
          'value',
          fc.constantFrom<object>(
            { valueCode: 'final' },
            { _valueCode: { id: 'x' } },
            { valueCodeableConcept: { text: 'x' } },
            { valueQuantity: { value: 1 } },
            {
              part: [
                { name: 'code', valueCodeableConcept: { text: 'x' } },
                { name: 'value', valueString: 'y' },
              ],
            },
            { part: [null, {}, { name: 'code', part: [] }] },
            { resource: { resourceType: 'Patient' } },
            { valueCode: null },
          ),
        ),
      )
      .map((parts) => ({ name: 'operation', part: parts.filter((part) => part !== undefined) })),
    { maxLength: 3 },
  )
  .map((parameter) => ({ resourceType: 'Parameters', parameter }));

/** A copy of a resource in which some places hold something else. */
export function damaged(resource: object): fc.Arbitrary<object> {
  const replacement = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    junk,
    fc.constantFrom(null, [], {}, [null], [[]], '', 0),
  );
  return fc
    .array(fc.tuple(fc.nat(), fc.nat(3), replacement), { minLength: 1, maxLength: 4 })
    .map((damages) => {
      const copy = structuredClone(resource);
      for (const [place, kind, other] of damages) {
        const places = membersOf(copy);
        const [owner, key] = places[place % places.length] ?? [copy as Owner, 'extension'];
        if (kind === 0) delete owner[key];
        else owner[kind === 1 ? `_${key}` : key] = structuredClone(other);
      }
      return copy;
    });
}

type Owner = Record<string, unknown>;

/** Every member of every object and array, but the type itself. */
function membersOf(value: unknown): [Owner, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key === 'resourceType' ? [] : [[value as Owner, key] as [Owner, string]]),
    ...membersOf(member),
  ]);
}
