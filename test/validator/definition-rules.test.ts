/** Rules of definitions besides those of profiles and terminology: expressions, canonical URLs, ranges, parameters. */
import t from 'tap';
import type { Resource } from '../../src/fhir/resource.ts';
import { errors, findings, profile, validatorWith } from './parts.ts';

const define = (resourceType: string, more: object) => ({
  resourceType,
  url: `https://kat.test/${resourceType}/x`,
  name: 'X',
  status: 'draft',
  ...more,
});
const genders = 'http://hl7.org/fhir/administrative-gender';
const genderSet = 'http://hl7.org/fhir/ValueSet/administrative-gender';
const base = 'http://hl7.org/fhir/StructureDefinition';

t.test('an Expression in FHIRPath parses', async (t) => {
  const judged = (expression: string, language = 'text/fhirpath') => [
    ...errors(
      define('ActivityDefinition', {
        dynamicValue: [{ path: 'status', expression: { language, expression } }],
      }),
    ),
    ...errors(
      define('PlanDefinition', {
        action: [{ action: [{ condition: [{ kind: 'start', expression: { language, expression } }] }] }],
      }),
    ),
    ...errors(define('Measure', { group: [{ population: [{ criteria: { language, expression } }] }] })),
    ...errors(
      define('Questionnaire', {
        extension: [{ url: `${base}/variable`, valueExpression: { name: 'v', language, expression } }],
      }),
    ),
  ];
  t.same(judged('%patient.birthDate <= today() - 18 years'), []);
  t.same(judged('answers.weight().sum()'), [], 'a program may have functions of its own');
  t.same(judged('Is Adult (', 'text/cql'), []);
  t.same(judged('Patient.active.where('), [
    'expression-malformed @ ActivityDefinition.dynamicValue[0].expression.expression',
    'expression-malformed @ PlanDefinition.action[0].action[0].condition[0].expression.expression',
    'expression-malformed @ Measure.group[0].population[0].criteria.expression',
    'expression-malformed @ Questionnaire.extension[0].value.expression',
  ]);
});

t.test('elements that are FHIRPath by definition parse', async (t) => {
  const map = (condition: string) =>
    errors(
      define('StructureMap', {
        group: [
          {
            name: 'g',
            typeMode: 'none',
            input: [{ name: 's', mode: 'source' }],
            rule: [{ name: 'r', source: [{ context: 's', condition }] }],
          },
        ],
      }),
    );
  t.same(map("a.exists() and %b = 'x'"), []);
  t.same(map('a.exists('), ['expression-malformed @ StructureMap.group[0].rule[0].source[0].condition']);
  const script = (expression: string) =>
    errors(define('TestScript', { variable: [{ name: 'v', expression }] }));
  t.same(script('Patient.id'), []);
  t.same(script(['Patient.id = $', '{other}'].join('')), [], 'filled in when it is run');
  t.same(script('Patient.id('), ['expression-malformed @ TestScript.variable[0].expression']);
  const graph = (path: string) =>
    errors(
      define('GraphDefinition', { start: 'Patient', link: [{ path, target: [{ type: 'Organization' }] }] }),
    );
  t.same(graph('Patient.managingOrganization'), []);
  t.same(graph('Patient.managing('), ['expression-malformed @ GraphDefinition.link[0].path']);
});

t.test('the contexts of an extension are expressions and URLs', async (t) => {
  const url = 'https://kat.test/StructureDefinition/with-context';
  const judged = (type: string, expression: string, more: object = {}) =>
    errors(
      profile(
        'Extension',
        { 'Extension.url': { fixedUri: url }, 'Extension.value[x]': { type: [{ code: 'string' }] } },
        { url, context: [{ type, expression }], ...more },
      ),
    );
  t.same(judged('fhirpath', 'Patient.name.given'), []);
  t.same(judged('fhirpath', 'Patient.name('), [
    'expression-malformed @ StructureDefinition.context[0].expression',
  ]);
  t.same(judged('extension', 'https://kat.test/StructureDefinition/e'), []);
  t.same(judged('extension', 'Patient'), [
    'extension-context-url @ StructureDefinition.context[0].expression',
  ]);
  t.same(
    errors(
      profile('Patient', { Patient: {} }, { context: [{ type: 'element', expression: 'Patient' }] }),
    ).slice(0, 1),
    ['extension-context-type @ StructureDefinition.context[0]'],
  );
  t.same(judged('element', 'Patient', { contextInvariant: ['active.exists('] }), [
    'expression-malformed @ StructureDefinition.contextInvariant[0]',
  ]);
});

/** Elements of snapshots have types. */
const typed = (path: string) =>
  path === 'Patient' ? {} : { type: [{ code: path === 'Patient.gender' ? 'code' : 'HumanName' }] };

t.test('a snapshot that stands alone is looked at as a differential is', async (t) => {
  const { differential, ...rest } = profile('Patient', { Patient: {} }) as unknown as Record<string, object>;
  const judged = (path: string) => {
    const says = { min: 0, max: '*', definition: 'x', base: { path, min: 0, max: '*' } };
    const element = ['Patient', path].map((one) => ({ id: one, path: one, ...says, ...typed(one) }));
    return errors({ ...rest, snapshot: { element } });
  };
  t.ok(differential);
  t.same(judged('Patient.name'), []);
  t.same(judged('Patient.nome'), ['profile-path @ StructureDefinition.snapshot.element[1].path']);
});

t.test('a snapshot is held against the base too', async (t) => {
  const judged = (path: string, says: object) => {
    const all = { definition: 'x', min: 0, max: '1', base: { path, min: 0, max: '*' }, ...says };
    const element = ['Patient', path].map((one) => ({ id: one, path: one, ...all, ...typed(one) }));
    return errors(profile('Patient', { Patient: {} }, { snapshot: { element } }));
  };
  const at = 'StructureDefinition.snapshot.element[1]';
  t.same(judged('Patient.name', { max: '*' }), []);
  t.same(judged('Patient.gender', { max: '*' }), [`profile-widens @ ${at}`]);
  t.same(judged('Patient.nome', {}), [`profile-path @ ${at}.path`]);
});

t.test('a cardinality is a range together with that of the base', async (t) => {
  const judged = (id: string, says: object) => errors(profile('Observation', { [id]: says }));
  const broken = ['definition-range @ StructureDefinition.differential.element[0]'];
  t.same(judged('Observation.code', { max: '1' }), []);
  t.same(judged('Observation.code', { max: '0' }), broken);
  t.same(judged('Observation.subject', { min: 1 }), []);
  t.same(judged('Observation.subject', { min: 2 }), broken);
});

t.test('a definition says how it derives from its base', async (t) => {
  const { derivation, ...rest } = profile('Patient', { Patient: {} }) as unknown as Record<string, object>;
  t.ok(derivation);
  t.same(errors({ ...rest, derivation }), []);
  t.same(errors(rest), ['profile-derivation @ StructureDefinition']);
  const special = { ...rest, derivation: 'specialization' };
  t.same(errors(special), ['profile-derivation @ StructureDefinition.type']);
  const logical = (says: object) =>
    errors({
      ...special,
      kind: 'logical',
      type: rest.url,
      baseDefinition: `${base}/Element`,
      differential: {
        element: ['Model', 'Model.a'].map((id) => ({ id, path: id, ...(id !== 'Model' && says) })),
      },
    });
  t.same(logical({ type: [{ code: 'date' }], fixedDate: '2024' }), []);
  t.same(logical({ type: [{ code: 'date' }], fixedString: '2024' }), [
    'profile-value-type @ StructureDefinition.differential.element[1].fixed',
  ]);
});

t.test('the elements of a differential stand in the order of their type', async (t) => {
  const judged = (type: string, ...ids: string[]) =>
    errors(profile(type, Object.fromEntries(ids.map((id) => [id, { short: 'x' }])))).map((one) =>
      one.replace(' @ StructureDefinition.differential.element', ' '),
    );
  t.same(
    judged('Patient', 'Patient', 'Patient.id', 'Patient.name', 'Patient.name.given', 'Patient.birthDate'),
    [],
  );
  t.same(
    judged('Observation', 'Observation.valueQuantity', 'Observation.valueQuantity.unit', 'Observation.note'),
    [],
  );
  t.same(judged('Patient', 'Patient.birthDate', 'Patient.name'), ['profile-order [1]']);
  t.same(judged('Patient', 'Patient.name.family', 'Patient.name'), ['profile-order [1]']);
  t.same(judged('Patient', 'Patient.name.given', 'Patient.name.family'), ['profile-order [1]']);
});

t.test('slices have names, and something tells them apart', async (t) => {
  const at = 'StructureDefinition.differential.element';
  const slicing = { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' };
  const slices = { 'Patient.identifier:a': { sliceName: 'a' }, 'Patient.identifier:b': { sliceName: 'b' } };
  const judged = (elements: Record<string, object>) => errors(profile('Patient', elements));
  t.same(judged({ 'Patient.identifier': { slicing }, ...slices }), []);
  t.same(judged({ 'Patient.maritalStatus:a': { sliceName: 'a' } }), [], 'what does not repeat is no slice');
  t.same(judged({ 'Patient.identifier:a': { sliceName: 'a' } }), [`profile-slice @ ${at}[0]`]);
  t.same(judged({ ...slices, 'Patient.identifier': { slicing } }), [`profile-order @ ${at}[2]`]);
  t.same(
    judged({ 'Patient.extension:a': { sliceName: 'a' }, 'Patient.extension:b': { sliceName: 'b' } }),
    [],
  );
  t.same(judged(slices), [`profile-slice @ ${at}[0]`, `profile-slice @ ${at}[1]`]);
  t.same(judged({ 'Patient.identifier': { slicing }, 'Patient.identifier:a': { min: 1 } }), [
    `profile-slice @ ${at}[1]`,
  ]);
});

t.test('what does not repeat is not sliced, but for a choice of types', async (t) => {
  const judged = (id: string, path: string, says: object = {}) => {
    const slicing = { discriminator: [{ type: 'value', path }], rules: 'open' };
    return errors(profile('Observation', { [id]: { slicing, ...says } }));
  };
  t.same(judged('Observation.identifier', 'system'), []);
  t.same(judged('Observation.value[x]', '$this'), []);
  t.same(judged('Observation.category', 'text', { max: '1' }), [], 'what the type lets repeat');
  const wrong = ['profile-slice @ StructureDefinition.differential.element[0].slicing'];
  t.same(judged('Observation.code', 'text'), wrong);
  t.same(judged('Observation.code', 'text', { max: '1' }), wrong);
  t.same(judged('Observation.code.coding', 'system'), []);
  t.same(judged('Observation.subject.identifier', 'system'), wrong, 'within a type');
});

t.test('an extension fixes its url', async (t) => {
  const url = 'https://kat.test/StructureDefinition/with-url';
  const judged = (elements: Record<string, object>) =>
    errors(profile('Extension', elements, { url, context: [{ type: 'element', expression: 'Patient' }] }));
  t.same(judged({ 'Extension.url': { fixedUri: url } }), []);
  t.same(judged({ 'Extension.url': { fixedUri: `${url}/x` } }), [
    'extension-own-url @ StructureDefinition.differential.element[0].fixed',
  ]);
  t.same(judged({ 'Extension.value[x]': { min: 1 } }), ['extension-own-url @ StructureDefinition']);
});

t.test('no profile lets an element change what others mean', async (t) => {
  const judged = (id: string, isModifier: boolean) =>
    errors(profile('Patient', { [id]: { isModifier, isModifierReason: 'x' } }));
  const wider = ['profile-widens @ StructureDefinition.differential.element[0]'];
  t.same(judged('Patient.active', true), []);
  t.same(judged('Patient.active', false), wider);
  t.same(judged('Patient.name', true), wider);
});

t.test('a condition of a form that is never met is warned of', async (t) => {
  const answerOption = [{ valueCoding: { system: 'https://kat.test/c', code: 'x' } }];
  const form = (condition: object) => ({
    ...define('Questionnaire', {
      item: [
        { linkId: 'a', type: 'choice', answerOption },
        { linkId: 'b', type: 'string', enableWhen: [{ question: 'a', ...condition }] },
      ],
    }),
    resourceType: 'Questionnaire',
  });
  const { valueCoding: answerCoding } = answerOption[0]!;
  const at = 'Questionnaire.item[1].enableWhen[0]';
  const judged = (condition: object) => [
    ...errors(form(condition)),
    ...findings(form(condition), 'warning').filter((finding) => finding.startsWith('form-')),
  ];
  t.same(judged({ operator: '=', answerCoding }), []);
  t.same(judged({ operator: '>', answerCoding }), [`form-enable-when-operator @ ${at}.operator`]);
  t.same(judged({ operator: '=', answerBoolean: true }), [`form-enable-when-answer @ ${at}.answer`]);
  t.same(errors(form({ question: 'z', operator: '=', answerCoding })), [
    'form-enable-when-target @ Questionnaire.item[1]',
  ]);
});

t.test('a response is about a subject that its form is for', async (t) => {
  const form = { ...define('Questionnaire', { subjectType: ['Patient'] }), resourceType: 'Questionnaire' };
  const judged = (subject: object) =>
    errors(
      { resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: form.url, subject },
      { supporting: [form] },
    );
  t.same(judged({ reference: 'Patient/1' }), []);
  t.same(judged({ display: 'somebody' }), []);
  t.same(judged({ reference: 'Device/1' }), ['response-subject @ QuestionnaireResponse.subject']);
});

t.test('a response is judged by the newest edition of its form, or by the one it names', async (t) => {
  const form = (type: string, version: string, more: object = {}) => ({
    resourceType: 'Questionnaire',
    id: 'form',
    url: 'https://kat.test/Questionnaire/form',
    status: 'draft',
    version,
    item: [{ linkId: 'a', type }],
    ...more,
  });
  const response = (questionnaire: string) => ({
    resourceType: 'QuestionnaireResponse',
    status: 'completed',
    questionnaire,
    item: [{ linkId: 'a', answer: [{ valueInteger: 1 }] }],
  });
  const wrong = ['response-answer-type @ QuestionnaireResponse.item[0].answer[0].value'];
  const [first, second] = [form('string', '9.0'), form('integer', '10.0')];
  const judged = (questionnaire: string, ...supporting: object[]) =>
    errors(response(questionnaire), { supporting: supporting as Resource[] });
  t.same(judged(first.url, first, second), []);
  t.same(judged(`${first.url}|9.0`, first, second), wrong);
  t.same(judged(`${first.url}|8.0`, first, second), [], 'an edition that is not known');
  t.same(judged('https://kat.test/other/Questionnaire/form', first), [], 'another form of the same id');
  t.same(judged('https://kat.test/other/Questionnaire/form', form('string', '1', { url: undefined })), wrong);
  t.same(errors(response(first.url), {}, validatorWith(first)), wrong, 'a form of a package');
  t.same(judged('https://kat.test/Questionnaire/phq-9'), [], 'no form of the guide');
});

t.test('canonical URLs lead to what they are for', async (t) => {
  const set = (valueSet: string) =>
    errors(define('ValueSet', { compose: { include: [{ valueSet: [valueSet] }] } }));
  t.same(set(genderSet), []);
  t.same(set('https://kat.test/ValueSet/unknown'), []);
  t.same(set(genders), ['canonical-type @ ValueSet.compose.include[0].valueSet[0]']);
  const derived = (url: string) => errors(define('Questionnaire', { derivedFrom: [url] }));
  t.same(derived('https://kat.test/Questionnaire/unknown'), []);
  t.same(derived(genderSet), ['canonical-type @ Questionnaire.derivedFrom[0]']);
  const response = (questionnaire: string) =>
    errors({ resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire });
  t.same(response('https://kat.test/Questionnaire/unknown'), []);
  t.same(response(genderSet), ['canonical-type @ QuestionnaireResponse.questionnaire']);
  const inside = (resourceType: string) =>
    errors({
      resourceType: 'QuestionnaireResponse',
      status: 'completed',
      contained: [{ resourceType, id: 'q', status: 'draft' }],
      questionnaire: '#q',
    });
  t.same(inside('Questionnaire'), []);
  t.same(inside('ValueSet'), ['canonical-type @ QuestionnaireResponse.questionnaire']);
});

t.test(
  'canonical URLs of other definitions lead to what they are for, and profiles are of what is spoken of',
  async (t) => {
    const library = (requirement: object) =>
      errors(
        define('Library', {
          type: { text: 'x' },
          dataRequirement: [{ type: 'Observation', ...requirement }],
        }),
      );
    const at = 'Library.dataRequirement[0]';
    t.same(library({ codeFilter: [{ path: 'code', valueSet: genderSet }] }), []);
    t.same(library({ codeFilter: [{ path: 'code', valueSet: genders }] }), [
      `canonical-type @ ${at}.codeFilter[0].valueSet`,
    ]);
    t.same(library({ profile: [`${base}/bodyweight`, `${base}/DomainResource`] }), []);
    t.same(library({ profile: [`${base}/Patient`] }), [`profile-of-type @ ${at}.profile[0]`]);
    const capability = (definition: string) =>
      errors(
        define('CapabilityStatement', {
          date: '2024-01-01',
          kind: 'requirements',
          description: 'x',
          fhirVersion: '4.0.1',
          format: ['json'],
          rest: [{ mode: 'server', resource: [{ type: 'Patient', operation: [{ name: 'x', definition }] }] }],
        }),
      );
    t.same(capability('https://kat.test/OperationDefinition/x'), []);
    t.same(capability(genderSet), [
      'canonical-type @ CapabilityStatement.rest[0].resource[0].operation[0].definition',
    ]);
    const plan = (profile: string) =>
      errors(
        define('PlanDefinition', {
          action: [{ action: [{ input: [{ type: 'Patient', profile: [profile] }] }] }],
        }),
      );
    t.same(plan(`${base}/Patient`), []);
    t.same(plan(`${base}/Observation`), [
      'profile-of-type @ PlanDefinition.action[0].action[0].input[0].profile[0]',
    ]);
  },
);

t.test('actions of a plan name goals and actions of the same plan', async (t) => {
  const plan = (action: object) =>
    errors(
      define('PlanDefinition', {
        goal: [{ id: 'g', description: { text: 'x' } }],
        action: [{ id: 'a', action: [{ id: 'b', ...action }] }],
      }),
    );
  const related = (actionId: string) => ({ relatedAction: [{ actionId, relationship: 'after' }] });
  t.same(plan({ goalId: ['g'], ...related('a') }), []);
  t.same(plan({ goalId: ['g', 'a'] }), ['local-id-unknown @ PlanDefinition.action[0].action[0].goalId[1]']);
  t.same(plan(related('g')), [
    'local-id-unknown @ PlanDefinition.action[0].action[0].relatedAction[0].actionId',
  ]);
  const request = (actionId: string) =>
    errors({
      resourceType: 'RequestGroup',
      status: 'active',
      intent: 'plan',
      action: [{ id: 'a', resource: { display: 'x' }, ...related(actionId) }],
    });
  t.same(request('a'), []);
  t.same(request('b'), ['local-id-unknown @ RequestGroup.action[0].relatedAction[0].actionId']);
});

t.test('the rules of a map begin from variables that are there', async (t) => {
  const group = (rule: object) => ({
    name: 'g',
    typeMode: 'none',
    input: [
      { name: 's', mode: 'source' },
      { name: 't', mode: 'target' },
    ],
    rule: [{ name: 'r', source: [{ context: 's', element: 'name', variable: 'v' }], ...rule }],
  });
  const judged = (rule: object) => findings(define('StructureMap', { group: [group(rule)] }), 'warning');
  const target = (context: string, valueId: string) => ({
    target: [{ context, contextType: 'variable', element: 'x', transform: 'copy', parameter: [{ valueId }] }],
  });
  const at = 'StructureMap.group[0].rule[0]';
  t.same(judged({ rule: [{ name: 'r', source: [{ context: 'v' }] }] }), []);
  t.same(judged(target('t', 'v')), []);
  t.same(judged({ source: [{ context: 'w' }] }), [`map-variable @ ${at}.source[0].context`]);
  t.same(judged(target('w', 'v')), [`map-variable @ ${at}.target[0].context`]);
  t.same(judged(target('t', 'w')), [`map-variable @ ${at}.target[0].parameter[0].value`]);
  t.same(errors(define('StructureMap', { group: [group({}), group({})] })), [
    'map-group-duplicate @ StructureMap.group[1].name',
  ]);
});

t.test('a map goes from and to what its structures have', async (t) => {
  const at = 'StructureMap.group[0].rule[0]';
  const inputs = [
    { name: 's', type: 'P', mode: 'source' },
    { name: 't', type: 'Person', mode: 'target' },
  ];
  const map = (group: object, more: object = {}) =>
    errors(
      define('StructureMap', {
        structure: [
          { url: `${base}/Patient`, mode: 'source', alias: 'P' },
          { url: `${base}/Person`, mode: 'target' },
        ],
        group: [{ name: 'g', typeMode: 'none', input: inputs, rule: [], ...group }],
        ...more,
      }),
    );
  const rule = (says: object) =>
    map({ rule: [{ name: 'r', source: [{ context: 's', element: 'name', variable: 'n' }], ...says }] });
  const source = (says: object) => rule({ source: [{ context: 's', ...says }] });
  const target = (says: object) =>
    rule({ target: [{ context: 't', contextType: 'variable', element: 'name', ...says }] });
  const only = [{ name: 'r', source: [{ context: 's' }] }];

  t.same(source({ element: 'deceased', type: 'dateTime', variable: 'd' }), []);
  t.same(source({ element: 'nome' }), [`map-path @ ${at}.source[0].element`]);
  t.same(source({ element: 'name', type: 'string' }), [`type @ ${at}.source[0].type`]);
  t.same(source({ context: 'w' }), [`map-context @ ${at}.source[0].context`]);
  t.same(rule({ rule: [{ name: 'q', source: [{ context: 'n', element: 'given' }] }] }), []);
  t.same(rule({ rule: [{ name: 'q', source: [{ context: 'n', element: 'nome' }] }] }), [
    `map-path @ ${at}.rule[0].source[0].element`,
  ]);
  t.same(target({ transform: 'copy', parameter: [{ valueId: 'n' }] }), []);
  t.same(target({ element: 'nome' }), [`map-path @ ${at}.target[0].element`]);
  t.same(target({ context: 's' }), [`map-context @ ${at}.target[0].context`], 'a source is not written to');
  t.same(map({ extends: 'g', rule: only }), []);
  t.same(map({ extends: 'h', rule: only }), ['map-group @ StructureMap.group[0].extends']);
  t.same(map({ extends: 'h', rule: only }, { import: ['https://kat.test/StructureMap/unknown'] }), []);
  t.same(map({ input: [...inputs, { name: 's', mode: 'source' }], rule: only }), [
    'map-group-duplicate @ StructureMap.group[0].input[2].name',
  ]);
  t.same(map({ input: [{ name: 's', type: 'P', mode: 'target' }], rule: only }), [
    'map-input @ StructureMap.group[0].input[0]',
  ]);
  t.same(map({ input: [{ name: 's', type: 'Q', mode: 'source' }], rule: only }), [
    'map-input @ StructureMap.group[0].input[0].type',
  ]);
});

t.test('the rules of a map call what there is with what it takes', async (t) => {
  const at = 'StructureMap.group[0].rule[0]';
  const rule = (says: object) => {
    const input = [
      { name: 's', type: 'Patient', mode: 'source' },
      { name: 't', type: 'Person', mode: 'target' },
    ];
    const one = { name: 'r', source: [{ context: 's', element: 'name', variable: 'n' }], ...says };
    return errors(define('StructureMap', { group: [{ name: 'g', typeMode: 'none', input, rule: [one] }] }));
  };
  const call = (name: string, ...variable: string[]) => rule({ dependent: [{ name, variable }] });
  const make = (transform: string | undefined, ...parameter: object[]) =>
    rule({
      target: [
        {
          context: 't',
          contextType: 'variable',
          element: 'name',
          parameter,
          ...(transform && { transform }),
        },
      ],
    });
  const text = (valueString: string) => ({ valueString });

  t.same(call('g', 'n', 't'), []);
  t.same(call('r', 'n'), [], 'a rule');
  t.same(call('h', 'n'), [`map-group @ ${at}.dependent[0].name`]);
  t.same(call('g', 'n'), [`map-parameters @ ${at}.dependent[0]`]);
  t.same(call('g', 'n', 'w'), [`map-context @ ${at}.dependent[0].variable[1]`]);
  t.same(call('g', 'n', 's'), [`map-context @ ${at}.dependent[0].variable[1]`]);
  const number = [`map-parameters @ ${at}.target[0]`];
  t.same(make('create', text('HumanName')), []);
  t.same(make('create', text('HumanName'), text('x')), number);
  t.same(make('uuid', text('x')), number);
  t.same(make(undefined, text('x')), number);
  t.same(make('cc', text('https://kat.test/CodeSystem/x'), text('a')), []);
  const uri = text('https://kat.test/ConceptMap/x');
  t.same(make('translate', { valueId: 'n' }, uri), []);
  t.same(make('translate', { valueId: 'n' }, uri, text('code')), []);
  t.same(make('translate', { valueId: 'n' }), number);
  t.same(make('translate', { valueId: 'n' }, uri, text('x')), [
    `map-output @ ${at}.target[0].parameter[2].value`,
  ]);
  t.same(make('evaluate', text('%n.given')), []);
  t.same(make('evaluate', text('%n.given(')), [`expression-malformed @ ${at}.target[0].parameter[0].value`]);
});

t.test('cardinalities of parameters and links are ranges', async (t) => {
  const parameter = (min: number, max: string) =>
    errors(
      define('OperationDefinition', {
        kind: 'operation',
        code: 'x',
        system: true,
        type: false,
        instance: false,
        parameter: [{ name: 'a', use: 'in', min, max, type: 'string' }],
      }),
    );
  const broken = ['definition-range @ OperationDefinition.parameter[0].max'];
  t.same(parameter(0, '1'), []);
  t.same(parameter(2, '*'), []);
  t.same(parameter(0, '0'), []);
  t.same(parameter(2, '1'), broken);
  t.same(parameter(0, 'many'), broken);
  t.same(parameter(-1, '1'), broken);
  const link = (min: number, max: string) =>
    errors(define('GraphDefinition', { start: 'Patient', link: [{ path: 'Patient.contact', min, max }] }));
  t.same(link(0, '*'), []);
  t.same(link(3, '1'), ['definition-range @ GraphDefinition.link[0].max']);
});

t.test('parameters of an operation', async (t) => {
  const judged = (parameter: object[], more: object = {}) =>
    errors(
      define('OperationDefinition', {
        kind: 'operation',
        code: 'x',
        system: true,
        type: false,
        instance: false,
        parameter: parameter.map((one) => ({
          ...('part' in one ? {} : { type: 'string' }),
          name: 'a',
          use: 'in',
          min: 0,
          max: '1',
          ...one,
        })),
        ...more,
      }),
    );
  t.same(judged([{}, { use: 'out' }]), [], 'in and out have names of their own');
  t.same(judged([{}, {}]), ['operation-parameter @ OperationDefinition.parameter[1].name']);
  const part = (name: string) => ({ name, use: 'in', min: 0, max: '1', type: 'string' });
  t.same(judged([{ part: [part('b'), part('c')] }]), []);
  t.same(judged([{ part: [part('b'), part('b')] }]), [
    'operation-parameter @ OperationDefinition.parameter[0].part[1].name',
  ]);
  t.same(judged([{ searchType: 'token', part: [part('b')] }]), ['opd-2 @ OperationDefinition.parameter[0]']);
  t.same(judged([{}], { overload: [{ parameterName: ['a'] }] }), []);
  t.same(judged([{}], { overload: [{ parameterName: ['a', 'b'] }] }), [
    'operation-overload @ OperationDefinition.overload[0].parameterName[1]',
  ]);
  const parameters = profile('Parameters', { Parameters: {} });
  const profiled = (inputProfile: string) => judged([{}], { inputProfile });
  t.same(profiled(`${base}/Parameters`), []);
  t.same(profiled(parameters.url), [], 'one that is not known here');
  t.same(profiled(`${base}/Patient`), ['profile-of-type @ OperationDefinition.inputProfile']);
  t.same(judged([{}], { outputProfile: `${base}/Patient` }), [
    'profile-of-type @ OperationDefinition.outputProfile',
  ]);
  const binding = { strength: 'required', valueSet: genderSet };
  t.same(judged([{ type: 'code', binding }]), []);
  t.same(judged([{ type: 'integer', binding }]), [
    'profile-binding @ OperationDefinition.parameter[0].binding',
  ]);
});

t.test('a capability statement agrees with the definitions it names', async (t) => {
  const judged = (resource: object) =>
    errors(
      define('CapabilityStatement', {
        date: '2024-01-01',
        kind: 'requirements',
        description: 'x',
        fhirVersion: '4.0.1',
        format: ['json'],
        rest: [{ mode: 'server', resource: [resource] }],
      }),
    );
  const name = (type: string, definition: string) => ({
    type: 'Patient',
    searchParam: [{ name: 'name', type, definition }],
  });
  const known = 'http://hl7.org/fhir/SearchParameter/Patient-name';
  t.same(judged(name('string', known)), []);
  t.same(judged(name('token', 'https://kat.test/SearchParameter/unknown')), []);
  t.same(judged(name('token', known)), [
    'capability-search-type @ CapabilityStatement.rest[0].resource[0].searchParam[0].type',
  ]);
  const profiled = (profile: string) => judged({ type: 'Observation', profile, supportedProfile: [profile] });
  t.same(profiled(`${base}/bodyweight`), []);
  t.same(profiled(`${base}/DomainResource`), []);
  t.same(profiled(`${base}/Patient`), [
    'profile-of-type @ CapabilityStatement.rest[0].resource[0].profile',
    'profile-of-type @ CapabilityStatement.rest[0].resource[0].supportedProfile[0]',
  ]);
});

t.test('the components of a composite search parameter begin where its expression ends', async (t) => {
  const judged = (own: string, expression: string, more: object = {}) =>
    errors(
      define('SearchParameter', {
        description: 'x',
        code: 'x',
        base: ['Observation'],
        type: 'composite',
        expression: own,
        component: [{ expression }, { expression: '$this' }].map((one) => ({
          definition: 'http://hl7.org/fhir/SearchParameter/clinical-code',
          ...one,
        })),
        ...more,
      }),
    );
  t.same(judged('Observation', 'value.as(Quantity)'), []);
  t.same(judged('Observation.component', 'code'), []);
  t.same(judged("Observation.component.where(code.text = 'x')", 'code'), []);
  t.same(judged('Observation', 'kode'), [
    'expression-unknown-name @ SearchParameter.component[0].expression',
  ]);
  t.same(judged('Observation', 'code.where('), [
    'expression-malformed @ SearchParameter.component[0].expression',
  ]);
  const one = { definition: 'http://hl7.org/fhir/SearchParameter/clinical-code', expression: 'code' };
  t.same(judged('Observation', '', { component: [one] }), ['cardinality-min @ SearchParameter']);
});

t.test('the criteria of a subscription search a resource type', async (t) => {
  const judged = (criteria: string) =>
    errors({
      resourceType: 'Subscription',
      status: 'requested',
      reason: 'x',
      criteria,
      channel: { type: 'rest-hook', endpoint: 'https://kat.test/hook' },
    });
  t.same(judged('Observation?code=http://loinc.org|1975-2'), []);
  t.same(judged('Patient'), []);
  t.same(judged('https://kat.test/SubscriptionTopic/new'), [], 'a topic');
  t.same(judged('Observations?code=x'), ['subscription-criteria @ Subscription.criteria']);
});

t.test('a definition of another shape is refused, whatever is where a list should be', async (t) => {
  const name = (says: object) => errors(profile('Patient', { 'Patient.name': says }));
  for (const wrong of [4, 'x', null, [null], {}]) {
    for (const key of ['type', 'constraint', 'slicing', 'binding', 'max'])
      t.ok(name({ [key]: wrong }).length > 0, `${key} ${JSON.stringify(wrong)}`);
    t.ok(name({ type: [{ code: wrong }] }).length > 0, `code ${JSON.stringify(wrong)}`);
    t.ok(
      name({ type: [{ code: 'HumanName', profile: wrong }] }).length > 0,
      `profile ${JSON.stringify(wrong)}`,
    );
  }
});
