/**
 * Searches by value sets that clients keep on the server: what they mean, that they are never answered by what a value
 * set held before, and what they may cost.
 * https://hl7.org/fhir/R4/search.html#modifiers
 */
import t, { type Test } from 'tap';
import { keysOf, type RunningServer, startServer } from '../support/server.ts';

const base = 'http://example.org';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

type Resource = Readonly<Record<string, unknown>> & { resourceType: string; id: string };
type Include = Readonly<Record<string, unknown>>;

const valueSet = (id: string, include: readonly Include[], more: object = {}) => ({
  resourceType: 'ValueSet',
  id,
  url: `${base}/ValueSet/${id}`,
  status: 'active',
  compose: { include },
  ...more,
});

const listed = (system: string, ...codes: string[]): Include => ({
  system,
  concept: codes.map((code) => ({ code })),
});

const plants = {
  resourceType: 'CodeSystem',
  id: 'plants',
  url: `${base}/plants`,
  status: 'active',
  content: 'complete',
  property: [{ code: 'height', type: 'integer' }],
  concept: [
    {
      code: 'tree',
      concept: [
        { code: 'oak', property: [{ code: 'height', valueInteger: 30 }] },
        { code: 'yew', property: [{ code: 'height', valueInteger: 10 }] },
      ],
    },
    { code: 'herb', concept: [{ code: 'sage' }] },
  ],
};

const observation = (id: string, system: string, code: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system, code }] },
  subject: { reference: 'Patient/p' },
});

async function put(server: RunningServer, resource: Resource): Promise<void> {
  const { status, text } = await server.send('PUT', `/${resource.resourceType}/${resource.id}`, {
    body: resource,
  });
  if (status >= 300) throw new Error(`${status} ${text}`);
}

/** The ids that a search finds, sorted; its status when it is refused. */
async function found(server: RunningServer, path: string): Promise<readonly string[] | number> {
  const { status, body } = await server.send('GET', path);
  if (status !== 200) return status;
  return ((body.entry ?? []) as { resource: { id: string } }[]).map(({ resource }) => resource.id).sort();
}

async function garden(t: Test): Promise<RunningServer> {
  const server = await startServer();
  t.teardown(() => server.close());
  await put(server, { resourceType: 'Patient', id: 'p' });
  for (const code of ['oak', 'yew', 'sage', 'tree']) await put(server, observation(code, plants.url, code));
  await put(server, observation('stone', `${base}/stones`, 'oak'));
  await put(server, observation('inpatient', actCode, 'ACUTE'));
  await put(server, plants);
  return server;
}

t.test('what a stored value set holds is found by it', async (t) => {
  const server = await garden(t);
  const { url: system } = plants;
  const filter = (property: string, op: string, value: string) => ({
    system,
    filter: [{ property, op, value }],
  });
  await put(server, valueSet('listed', [listed(system, 'oak', 'sage')]));
  const rows: readonly [id: string, include: Include[], exclude: Include[], expected: string[]][] = [
    ['unknown-system', [listed(`${base}/stones`, 'oak')], [], ['stone']],
    ['whole', [{ system }], [], ['oak', 'sage', 'tree', 'yew']],
    ['trees', [filter('concept', 'is-a', 'tree')], [], ['oak', 'tree', 'yew']],
    ['kinds', [filter('concept', 'descendent-of', 'tree')], [], ['oak', 'yew']],
    ['above', [filter('concept', 'generalizes', 'oak')], [], ['oak', 'tree']],
    ['high', [filter('height', '=', '30')], [], ['oak']],
    ['pattern', [filter('code', 'regex', '[a-z]{3}')], [], ['oak', 'yew']],
    [
      'shipped-system',
      [{ system: actCode, filter: [{ property: 'concept', op: 'is-a', value: 'IMP' }] }],
      [],
      ['inpatient'],
    ],
    ['other', [{ valueSet: [`${base}/ValueSet/listed`] }, listed(system, 'yew')], [], ['oak', 'sage', 'yew']],
    ['both', [{ ...filter('concept', 'is-a', 'tree'), valueSet: [`${base}/ValueSet/listed`] }], [], ['oak']],
    ['but', [{ system }], [{ valueSet: [`${base}/ValueSet/listed`] }], ['tree', 'yew']],
    [
      'of-shipped',
      [{ valueSet: ['http://terminology.hl7.org/ValueSet/v3-ActEncounterCode'] }],
      [],
      ['inpatient'],
    ],
  ];
  for (const [id, include, exclude, expected] of rows) {
    await put(
      server,
      valueSet(id, include, { compose: { include, ...(exclude.length > 0 ? { exclude } : {}) } }),
    );
    t.same(await found(server, `/Observation?code:in=${base}/ValueSet/${id}`), expected, id);
  }
});

t.test('it is named by its URL with or without a version, or by where it is', async (t) => {
  const server = await garden(t);
  const mine = (id: string, version: string, code: string) =>
    valueSet(id, [listed(plants.url, code)], { url: `${base}/ValueSet/mine`, version });
  await put(server, mine('a', '1.9', 'oak'));
  await put(server, mine('b', '1.10', 'sage'));
  await put(server, mine('c', '1.2', 'yew'));
  for (const [name, expected] of [
    [`${base}/ValueSet/mine`, ['sage']],
    [`${base}/ValueSet/mine|1.9`, ['oak']],
    [`${base}/ValueSet/mine|1.2`, ['yew']],
    [`${base}/ValueSet/mine|7`, 400],
    ['ValueSet/c', ['yew']],
    [`${server.url}/ValueSet/c`, ['yew']],
    ['ValueSet/c/_history/1', ['yew']],
    ['ValueSet/c/_history/2', 400],
    ['ValueSet/none', 400],
    ['Patient/p', 400],
    [`${base}/ValueSet/mine|`, 400],
    ['|1', 400],
    ['c', 400],
  ] as const) {
    t.same(
      await found(server, `/Observation?code:in=${encodeURIComponent(name.replace('|', '\\|'))}`),
      expected,
      name,
    );
    t.same(
      await found(server, `/Observation?code:in=${encodeURIComponent(name)}`),
      expected,
      `${name}, its bar plain`,
    );
  }
});

t.test('the expansion of one that has no definition counts when it is complete', async (t) => {
  const server = await garden(t);
  const expanded = (id: string, more: object) =>
    valueSet(id, [], {
      compose: undefined,
      expansion: { timestamp: '2026-01-01', contains: [{ system: plants.url, code: 'oak' }], ...more },
    });
  await put(server, expanded('whole', {}));
  await put(server, expanded('cut', { total: 5 }));
  t.same(await found(server, '/Observation?code:in=ValueSet/whole'), ['oak']);
  t.equal(await found(server, '/Observation?code:in=ValueSet/cut'), 400);
});

t.test('wherever a search asks for a code', async (t) => {
  const server = await garden(t);
  await put(server, valueSet('mine', [listed(plants.url, 'oak')]));
  const url = `${base}/ValueSet/mine`;
  const others = ['inpatient', 'sage', 'stone', 'tree', 'yew'];
  for (const [path, expected] of [
    [`/Observation?code:not-in=${url}`, others],
    [`/Observation?_filter=code in "${url}"`, ['oak']],
    [`/Observation?_filter=code ni "${url}"`, others],
    [`/Observation?patient=Patient/p&code:in=${url}`, ['oak']],
    [`/Observation?patient=Patient/q&code:in=${url}`, []],
    [
      `/Observation?code:in=${url},http://terminology.hl7.org/ValueSet/v3-ActEncounterCode`,
      ['inpatient', 'oak'],
    ],
    [`/Patient/p/Observation?code:in=${url}`, ['oak']],
    [`/Patient?_has:Observation:patient:code:in=${url}`, ['p']],
    [`/Patient?_has:Observation:patient:code:in=${url}&_id=q`, []],
    [`/?_type=Observation,Condition&code:in=${url}`, ['oak']],
  ] as const) {
    t.same(await found(server, encodeURI(path)), expected, path);
  }
  const counted = await server.send('GET', `/Observation?code:in=${url}&_summary=count`);
  t.equal(counted.body.total, 1);
  const conditional = await server.send('PUT', `/Observation?code:in=${url}`, {
    body: { ...observation('oak', plants.url, 'oak'), status: 'amended' },
  });
  t.equal(conditional.status, 200, 'a condition of a write');
});

t.test('a unit of work searches by what it has written', async (t) => {
  const server = await garden(t);
  const entry = (method: string, url: string, resource?: object) => ({ resource, request: { method, url } });
  const bundle = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry });
  const { status, body } = await server.send('POST', '/', {
    body: bundle(
      entry('PUT', 'ValueSet/mine', valueSet('mine', [listed(plants.url, 'oak')])),
      entry('GET', `Observation?code:in=${base}/ValueSet/mine`),
    ),
  });
  t.equal(status, 200);
  t.equal(body.entry[1].resource.total, 1);
});

t.test('one that is not known, or whose codes cannot be, is refused', async (t) => {
  const server = await garden(t);
  await put(server, valueSet('loop', [{ valueSet: [`${base}/ValueSet/loop`] }]));
  await put(server, valueSet('snomed', [{ system: 'http://snomed.info/sct' }]));
  await put(server, valueSet('half', [listed(plants.url, 'oak'), { valueSet: [`${base}/ValueSet/none`] }]));
  await put(server, { ...plants, id: 'part', url: `${base}/part`, content: 'fragment' });
  await put(server, valueSet('fragment', [{ system: `${base}/part` }]));
  await put(
    server,
    valueSet('lookahead', [
      { system: plants.url, filter: [{ property: 'code', op: 'regex', value: '(?=o)oak' }] },
    ]),
  );
  await put(
    server,
    valueSet('nothing', [{ _system: { extension: [{ url: `${base}/why`, valueCode: 'unknown' }] } }]),
  );
  for (const id of ['none', 'loop', 'snomed', 'half', 'fragment', 'lookahead', 'nothing']) {
    for (const query of [
      `code:in=${base}/ValueSet/${id}`,
      `code:not-in=${base}/ValueSet/${id}`,
      `_filter=code in "${base}/ValueSet/${id}"`,
    ]) {
      for (const handling of ['strict', 'lenient']) {
        const { status, body, text } = await server.send('GET', encodeURI(`/Observation?${query}`), {
          headers: { prefer: `handling=${handling}` },
        });
        t.equal(status, 400, query);
        t.same(keysOf(body), ['invalid-parameter']);
        t.match(text, /'code'/, 'names the parameter');
        t.notMatch(text, base, 'not the value');
      }
    }
  }
});

t.test('what is cached never outlives a change of what it rests on', async (t) => {
  const server = await garden(t);
  const byInner = valueSet('outer', [{ valueSet: [`${base}/ValueSet/inner`] }]);
  const bySystem = valueSet('system', [
    { system: plants.url, filter: [{ property: 'concept', op: 'is-a', value: 'tree' }] },
  ]);
  await put(server, valueSet('inner', [listed(plants.url, 'oak')]));
  await put(server, byInner);
  await put(server, bySystem);
  const paths = (id: string) => [
    `/Observation?code:in=${base}/ValueSet/${id}`,
    `/Observation?code:in=ValueSet/${id}`,
    `/Observation?patient=Patient/p&code:in=${base}/ValueSet/${id}`,
    `/Observation?subject:Patient._id=p&_filter=${encodeURIComponent(`code in "${base}/ValueSet/${id}"`)}`,
  ];
  /** Asked twice: the second answer comes from the cache. */
  const holds = async (id: string, expected: readonly string[] | number, when: string) => {
    for (const path of paths(id)) {
      t.same(await found(server, path), expected, `${path} ${when}`);
      const again = await server.send('GET', path);
      if (typeof expected === 'number') t.equal(again.status, expected);
      else t.equal(again.headers.get('x-cache'), 'hit', `${path} ${when}, from the cache`);
      t.same(await found(server, path), expected, `${path} ${when}, again`);
    }
  };
  await holds('inner', ['oak'], 'at first');
  await holds('outer', ['oak'], 'at first');
  await holds('system', ['oak', 'tree', 'yew'], 'at first');
  await put(server, valueSet('inner', [listed(plants.url, 'sage')]));
  await holds('inner', ['sage'], 'after an update');
  await holds('outer', ['sage'], 'after an update of what it draws on');
  await put(server, { ...plants, concept: plants.concept.slice(1) });
  await holds('system', [], 'after the code system lost its trees');
  await put(server, plants);
  await holds('system', ['oak', 'tree', 'yew'], 'after it has them again');
  await put(server, observation('oak', plants.url, 'sage'));
  await holds('inner', ['oak', 'sage'], 'after an observation changed');
  await put(
    server,
    valueSet('newer', [listed(plants.url, 'yew')], { url: `${base}/ValueSet/inner`, version: '2' }),
  );
  t.same(await found(server, paths('inner')[0]!), ['yew'], 'a newer version counts');
  await server.send('DELETE', '/ValueSet/newer');
  await holds('inner', ['oak', 'sage'], 'after it went');
  await server.send('DELETE', '/ValueSet/inner');
  await holds('inner', 400, 'after a deletion');
  await holds('outer', 400, 'after a deletion of what it draws on');
  await server.send('DELETE', '/CodeSystem/plants');
  await holds('system', 400, 'after the code system was deleted');
});

t.test('a search that races with writes to its value set ends with what was written last', async (t) => {
  const server = await garden(t);
  const path = `/Observation?code:in=${base}/ValueSet/mine`;
  await put(server, valueSet('mine', [listed(plants.url, 'oak')]));
  const codes = ['oak', 'yew', 'sage', 'tree'];
  for (let turn = 0; turn < 60; turn++) {
    const code = codes[turn % codes.length]!;
    const racing = [
      found(server, path),
      put(server, valueSet('mine', [listed(plants.url, code)])),
      found(server, path),
    ];
    await Promise.all(racing);
    for (let look = 0; look < 2; look++) t.same(await found(server, path), [code]);
  }
});

t.test('time and size are bounded', async (t) => {
  const server = await garden(t);
  const concept = Array.from({ length: 20_000 }, (_, i) => ({
    code: `c${i}`,
    ...(i > 0 ? { property: [{ code: 'parent', valueCode: `c${i - 1}` }] } : {}),
  }));
  const chain = {
    ...plants,
    id: 'chain',
    url: `${base}/chain`,
    concept,
    property: [{ code: 'parent', type: 'code' }],
  };
  await put(server, chain);
  const below = (value: string) => ({
    system: chain.url,
    filter: [{ property: 'concept', op: 'is-a', value }],
  });
  const pattern = {
    system: chain.url,
    filter: [{ property: 'code', op: 'regex', value: '(c+)+(.*)*(.*)*(.*)*x' }],
  };
  const doubling = (i: number) =>
    valueSet(
      `d${i}`,
      i === 0
        ? [listed(plants.url, 'oak')]
        : [1, 2].map(() => ({ valueSet: [`${base}/ValueSet/d${i - 1}`] })),
    );
  for (let i = 0; i < 40; i++) await put(server, doubling(i));
  for (let i = 0; i < 120; i++)
    await put(server, valueSet(`l${i}`, [{ valueSet: [`${base}/ValueSet/l${i + 1}`] }]));
  await put(server, valueSet('few', [below('c19990')]));
  await put(server, valueSet('many', [below('c10')]));
  await put(
    server,
    valueSet(
      'often',
      Array.from({ length: 200 }, (_, i) => below(`c${i}`)),
    ),
  );
  await put(server, valueSet('pattern', [pattern]));
  const text = 'x'.repeat(900_000);
  await put(server, {
    ...chain,
    id: 'large',
    url: `${base}/large`,
    description: text,
    purpose: text,
    copyright: text,
    concept: concept.map((one) => ({ ...one, definition: 'some words on it, and some more of them' })),
  });
  await put(server, valueSet('large', [{ system: `${base}/large` }]));
  const refused: readonly [id: string, key: string][] = [
    ['many', 'invalid-parameter'],
    ['often', 'search-too-large'],
    ['pattern', 'search-too-large'],
    ['large', 'search-too-large'],
    ['d39', 'search-too-large'],
    ['l0', 'search-too-large'],
  ];
  t.same(await found(server, `/Observation?code:in=ValueSet/few`), []);
  for (const [id, key] of refused) {
    const start = performance.now();
    const { status, body } = await server.send('GET', `/Observation?code:in=ValueSet/${id}`);
    const took = performance.now() - start;
    t.equal(status, 400, id);
    t.same(keysOf(body), [key], id);
    t.ok(took < 2000, `${id} in ${took.toFixed()} ms`);
  }
  const names = Array.from({ length: 5000 }, (_, i) => `ValueSet/n${i}`).join(',');
  const { status, body } = await server.send('POST', '/Observation/_search', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `code:in=${names}`,
  });
  t.equal(status, 400);
  t.same(keysOf(body), ['search-too-large']);
});
