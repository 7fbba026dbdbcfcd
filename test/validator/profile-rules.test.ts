/** A profile as a whole against its base: what it may narrow, slice, name and bind. */
import t from 'tap';
import { errors, profile, validatorWith } from './parts.ts';

const structures = 'http://hl7.org/fhir/StructureDefinition/';
const at = 'StructureDefinition.differential.element';
const wider = (index = 0) => [`profile-widens @ ${at}[${index}]`];
const slicing = { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' };

/** The errors of a profile by its differential, `key [index]` for short where they stand on elements. */
const judged = (type: string, elements: Record<string, object>, more: object = {}) =>
  errors(profile(type, elements, more));

/** A profile of Patient that others derive from. */
function deriving(elements: Record<string, object>) {
  const base = profile('Patient', elements);
  const by = validatorWith(base);
  return (own: Record<string, object>, more: object = {}) =>
    errors(profile('Patient', own, { baseDefinition: base.url, ...more }), {}, by);
}

t.test('what a profile enters, it narrows as the type has it', async (t) => {
  t.same(judged('Patient', { 'Patient.name.given': { max: '2' } }), []);
  t.same(judged('Patient', { 'Patient.name.family': { max: '2' } }), wider());
  t.same(judged('Patient', { 'Patient.identifier.use': { binding: { strength: 'preferred' } } }), wider());
  t.same(judged('Observation', { 'Observation.code.coding': { type: [{ code: 'Coding' }] } }), []);
  t.same(judged('Observation', { 'Observation.code.coding': { type: [{ code: 'string' }] } }), wider());
  const dose = (code: string) =>
    judged('MedicationRequest', {
      'MedicationRequest.dosageInstruction.doseAndRate.dose[x]': { type: [{ code }] },
    });
  t.same(dose('Range'), []);
  t.same(dose('string'), wider());
  const low = (code: string) =>
    judged('Observation', { 'Observation.referenceRange.low': { type: [{ code }] } });
  t.same(low('Quantity'), []);
  t.same(low('Age'), wider(), 'a type that specializes one that is no abstract one is another type');
});

t.test('a slice narrows what it is a slice of', async (t) => {
  const sliced = (says: object, more: Record<string, object> = {}) =>
    judged('Patient', {
      'Patient.identifier': { slicing, min: 1 },
      'Patient.identifier:a': { sliceName: 'a', ...says },
      ...more,
    });
  t.same(sliced({ min: 0, max: '1' }), [], 'of one slice less is asked than of all');
  t.same(sliced({ type: [{ code: 'string' }] }), wider(1));
  t.same(sliced({}, { 'Patient.identifier:a.system': { max: '1' } }), []);
  t.same(sliced({}, { 'Patient.identifier:a.system': { max: '2' } }), wider(2));
});

t.test('marks of the base stay', async (t) => {
  const derived = deriving({ 'Patient.active': { mustSupport: true } });
  t.same(derived({ 'Patient.active': { mustSupport: true, isSummary: true } }), []);
  t.same(derived({ 'Patient.active': { mustSupport: false } }), wider());
  t.same(derived({ 'Patient.active': { isSummary: false } }), wider());
});

t.test('a pattern of the base stays in what is demanded', async (t) => {
  const coding = (code: string) => [{ system: 'https://kat.test/CodeSystem/x', code }];
  const derived = deriving({
    'Patient.maritalStatus': { patternCodeableConcept: { coding: coding('a') } },
    'Patient.gender': { fixedCode: 'male' },
  });
  const status = (says: object) => derived({ 'Patient.maritalStatus': says });
  const other = [`profile-fixed @ ${at}[0]`];
  t.same(status({ patternCodeableConcept: { coding: coding('a'), text: 'x' } }), []);
  t.same(status({ patternCodeableConcept: { coding: coding('b') } }), other);
  t.same(status({ fixedCodeableConcept: { coding: coding('a') } }), []);
  t.same(status({ fixedCodeableConcept: { coding: coding('b') } }), other);
  t.same(derived({ 'Patient.gender': { patternCode: 'male' } }), []);
  t.same(derived({ 'Patient.gender': { patternCode: 'female' } }), other);
});

t.test('a reference leads to what derives from a target of the base', async (t) => {
  const patients = profile('Patient', { Patient: {} });
  const adults = profile('Patient', { Patient: {} }, { baseDefinition: patients.url });
  const target = (url: string) => ({ type: [{ code: 'Reference', targetProfile: [url] }] });
  const base = profile('Observation', { 'Observation.subject': target(patients.url) });
  const by = validatorWith(patients, adults, base);
  const subject = (url: string) =>
    errors(
      profile('Observation', { 'Observation.subject': target(url) }, { baseDefinition: base.url }),
      {},
      by,
    );
  t.same(subject(patients.url), []);
  t.same(subject(adults.url), []);
  t.same(subject('https://kat.test/StructureDefinition/unknown'), []);
  t.same(subject(`${structures}Patient`), wider());
});

t.test('a choice is entered when its type is known', async (t) => {
  const unit = { 'Observation.value[x].unit': { min: 1 } };
  t.same(judged('Observation', { 'Observation.value[x]': { type: [{ code: 'Quantity' }] }, ...unit }), []);
  t.same(judged('Observation', unit), [`profile-path @ ${at}[0].path`]);
});

t.test('what is sliced already stays sliced by the same, and no more open', async (t) => {
  const closed = { ...slicing, rules: 'closed', ordered: false };
  const slices = { 'Patient.identifier:a': { sliceName: 'a' }, 'Patient.identifier:b': { sliceName: 'b' } };
  const derived = deriving({ 'Patient.identifier': { slicing: closed }, ...slices });
  const sliced = (says: object) => derived({ 'Patient.identifier': { slicing: { ...closed, ...says } } });
  const differs = [`profile-slice @ ${at}[0].slicing`];
  const byUse = { type: 'value', path: 'use' };
  t.same(sliced({}), []);
  t.same(sliced({ discriminator: [...closed.discriminator, byUse] }), []);
  t.same(sliced({ rules: 'open' }), differs);
  t.same(sliced({ ordered: true }), differs);
  t.same(sliced({ discriminator: [byUse] }), differs);
  t.same(derived(slices), []);
  t.same(
    derived({ 'Patient.identifier:b': { sliceName: 'b' }, 'Patient.identifier:a': { sliceName: 'a' } }),
    [`profile-order @ ${at}[1]`],
  );
  const more = { 'Patient.identifier:c': { sliceName: 'c' } };
  t.same(derived(more), [`profile-slice @ ${at}[0]`], 'a slice more of what is closed');
  const open = deriving({ 'Patient.identifier': { slicing }, ...slices });
  t.same(open({ ...slices, ...more }), []);
  t.same(open({ ...more, ...slices }), [`profile-order @ ${at}[1]`]);
  t.same(open({ 'Patient.identifier': { slicing: closed } }), []);
});

t.test('slices of a choice are its types, by their names', async (t) => {
  const byType = { discriminator: [{ type: 'type', path: '$this' }], rules: 'open' };
  const slice = (sliceName: string, code: string, more: object = {}) => ({
    [`Observation.value[x]:${sliceName}`]: { sliceName, type: [{ code }], ...more },
  });
  const value = (slicing: object, ...slices: object[]) =>
    judged('Observation', Object.assign({ 'Observation.value[x]': { slicing } }, ...slices));
  const quantity = slice('valueQuantity', 'Quantity');
  const string = slice('valueString', 'string');
  t.same(value(byType, quantity, string), []);
  t.same(value({ ...byType, ordered: true }, quantity), [`profile-slice @ ${at}[0].slicing`]);
  t.same(value({ ...byType, discriminator: [{ type: 'value', path: 'code' }] }, quantity), [
    `profile-slice @ ${at}[0].slicing`,
  ]);
  t.same(value(byType, slice('amount', 'Quantity')), [`profile-slice @ ${at}[1]`]);
  t.same(value(byType, slice('valueString', 'Quantity')), [`profile-slice @ ${at}[1]`]);
  t.same(value(byType, slice('valueQuantity', 'Quantity', { min: 1 }), string), [`profile-slice @ ${at}[1]`]);
  t.same(value(byType, string, slice('valueQuantity', 'Quantity', { min: 1 })), []);
});

t.test('the path of a discriminator is of the simple kind, and leads to what is there', async (t) => {
  const component = (path: string) =>
    judged('Observation', {
      'Observation.component': { slicing: { discriminator: [{ type: 'value', path }], rules: 'open' } },
    });
  const broken = [`discriminator-path @ ${at}[0].slicing.discriminator[0]`];
  t.same(component('code.coding.code'), []);
  t.same(component('value.as(Quantity).unit'), []);
  t.same(component('value.ofType(Quantity).unit'), []);
  t.same(component("extension('https://kat.test/e').value"), []);
  t.same(component('kode'), broken);
  t.same(component('code('), broken);
  t.same(component('value.ofType(Address).city'), broken);
  t.same(component('value.as(Quantity).units'), broken);
});

t.test('a definition is of a type that there is', async (t) => {
  const model = (says: object) => {
    const url = 'https://kat.test/StructureDefinition/model';
    const root = { id: 'model', path: 'model' };
    const element = [root, { id: 'model.a', path: 'model.a', min: 0, max: '1', type: [{ code: 'string' }] }];
    return errors({
      ...profile('Patient', {}),
      ...{ url, type: url, kind: 'logical', derivation: 'specialization' },
      ...{ baseDefinition: `${structures}Element`, differential: { element } },
      ...says,
    });
  };
  t.same(model({}), []);
  t.same(model({ baseDefinition: `${structures}Patient` }), ['profile-base @ StructureDefinition.kind']);
  t.same(model({ type: 'model' }), ['profile-type-unknown @ StructureDefinition.type']);
  t.same(model({ kind: 'complex-type' }).slice(-1), ['profile-type-unknown @ StructureDefinition.type']);
  t.same(
    judged(
      'Patient',
      { Patient: {} },
      { derivation: 'specialization', baseDefinition: `${structures}DomainResource` },
    ),
    ['profile-derivation @ StructureDefinition.type'],
    'a type of R4 defined anew',
  );
});

t.test('what is said of an element suits what it holds', async (t) => {
  const wrong = [`profile-member @ ${at}[0]`];
  t.same(judged('Patient', { 'Patient.name.family': { maxLength: 30 } }), []);
  t.same(judged('Patient', { 'Patient.active': { maxLength: 30 } }), wrong);
  t.same(judged('Patient', { 'Patient.contact': { maxLength: 30 } }), wrong);
  t.same(judged('Patient', { 'Patient.birthDate': { minValueDate: '1900-01-01' } }), []);
  t.same(judged('Observation', { 'Observation.value[x]': { maxLength: 30 } }), [], 'one type of several');
  const sized = (id: string) =>
    judged('Patient', { [id]: { extension: [{ url: `${structures}maxSize`, valueDecimal: 3 }] } });
  t.same(sized('Patient.photo'), []);
  t.same(sized('Patient.active'), wrong);
  t.same(judged('Patient', { 'Patient.active': { meaningWhenMissing: 'x' } }), wrong);
});

t.test('an extension that changes meaning is profiled where it may stand', async (t) => {
  const define = (url: string, says: object) =>
    profile(
      'Extension',
      {
        Extension: says,
        'Extension.url': { fixedUri: url },
        'Extension.value[x]': { type: [{ code: 'string' }] },
      },
      { url, context: [{ type: 'element', expression: 'Patient' }] },
    );
  const plain = define('https://kat.test/StructureDefinition/plain', {});
  const modifier = define('https://kat.test/StructureDefinition/modifier', {
    isModifier: true,
    isModifierReason: 'x',
  });
  const by = validatorWith(plain, modifier);
  const held = (name: string, { url }: { url: string }) =>
    errors(
      profile('Patient', {
        [`Patient.${name}:a`]: { sliceName: 'a', type: [{ code: 'Extension', profile: [url] }] },
      }),
      {},
      by,
    );
  const where = `${at}[0].type[0].profile[0]`;
  t.same(held('extension', plain), []);
  t.same(held('modifierExtension', modifier), []);
  t.same(held('extension', modifier), [`extension-modifier @ ${where}`]);
  t.same(held('modifierExtension', plain), [`extension-not-modifier @ ${where}`]);
});

t.test('references lead to resources, canonical URLs to what has one', async (t) => {
  const url = 'https://kat.test/StructureDefinition/leads';
  const value = (code: string, target: string) =>
    judged(
      'Extension',
      {
        'Extension.url': { fixedUri: url },
        'Extension.value[x]': { type: [{ code, targetProfile: [structures + target] }] },
      },
      { url, context: [{ type: 'element', expression: 'Patient' }] },
    );
  const wrong = [`profile-of-type @ ${at}[1].type[0].targetProfile[0]`];
  t.same(value('Reference', 'Patient'), []);
  t.same(value('Reference', 'Quantity'), wrong);
  t.same(value('canonical', 'ValueSet'), []);
  t.same(value('canonical', 'Patient'), wrong);
});

t.test('a constraint keeps its key and its words', async (t) => {
  const rule = (key: string, expression: string, more: object = {}) => ({
    constraint: [{ key, severity: 'error', human: 'x', expression, ...more }],
  });
  const derived = deriving({ 'Patient.contact': rule('x-1', 'name.exists()') });
  const contact = (key: string, expression: string, more: object = {}) =>
    derived({ 'Patient.contact': rule(key, expression, more) });
  const wrong = (index = 0) => [`profile-constraint @ ${at}[${index}].constraint[0]`];
  t.same(contact('x-1', 'name.exists()'), []);
  t.same(contact('x-1', 'telecom.exists()'), wrong());
  t.same(contact('pat-1', 'telecom.exists()'), wrong(), 'that of R4');
  t.same(
    derived({
      'Patient.contact': rule('x-2', 'telecom.exists()'),
      'Patient.link': rule('x-2', 'other.exists()'),
    }),
    wrong(1),
  );
  t.same(contact('x-2', 'telecom.exists()', { source: 'https://kat.test/StructureDefinition/o' }), wrong());
});

t.test('where codes of a value set are demanded, a profile demands some of them', async (t) => {
  const genders = 'http://hl7.org/fhir/administrative-gender';
  const set = (include: object) => ({
    resourceType: 'ValueSet',
    url: `https://kat.test/ValueSet/${JSON.stringify(include).length}`,
    status: 'draft',
    compose: { include: [include] },
  });
  const some = set({ system: genders, concept: [{ code: 'male' }] });
  const all = set({ system: genders });
  const others = set({ system: 'http://hl7.org/fhir/event-status' });
  const by = validatorWith(some, all, others);
  const gender = (valueSet: string) =>
    errors(profile('Patient', { 'Patient.gender': { binding: { strength: 'required', valueSet } } }), {}, by);
  t.same(gender(some.url), []);
  t.same(gender(all.url), []);
  t.same(gender('https://kat.test/ValueSet/unknown'), []);
  t.same(gender(others.url), wider());
});

t.test('an element of a snapshot has a type, and the root nothing that is of elements', async (t) => {
  const says = { definition: 'x', min: 0, max: '1' };
  const base = (path: string) => ({ base: { path, min: 0, max: '*' } });
  const name = { id: 'Patient.name', path: 'Patient.name', ...says, ...base('Patient.name') };
  const snapshot = (own: object, ofRoot: object = {}, more: Record<string, object> = { Patient: {} }) =>
    judged('Patient', more, {
      snapshot: {
        element: [
          { id: 'Patient', path: 'Patient', ...says, ...base('Patient'), ...ofRoot },
          { ...name, ...own },
        ],
      },
    });
  const type = [{ code: 'HumanName' }];
  const place = 'StructureDefinition.snapshot.element';
  t.same(snapshot({ type }), []);
  t.same(snapshot({}), [`cardinality-min @ ${place}[1]`]);
  t.same(snapshot({ type }, { example: [{ label: 'x', valueString: 'x' }] }), [
    `profile-member @ ${place}[0]`,
  ]);
});

t.test('an extension stands on elements that there are', async (t) => {
  const url = 'https://kat.test/StructureDefinition/stands';
  const stands = (expression: string, more: object = {}) =>
    judged(
      'Extension',
      { 'Extension.url': { fixedUri: url }, 'Extension.value[x]': { type: [{ code: 'string' }] } },
      { url, context: [{ type: 'element', expression, ...more }] },
    );
  const wrong = ['extension-context-element @ StructureDefinition.context[0].expression'];
  for (const known of [
    'Element',
    'Patient',
    'Patient.name.given',
    'Observation.value[x]',
    'Dosage.doseAndRate',
  ])
    t.same(stands(known), [], known);
  t.same(stands('https://kat.test/StructureDefinition/o#Patient.nome'), [], 'an element of a profile');
  t.same(stands('Patient.nome'), wrong);
  t.same(stands('Patiente'), wrong);
  const later = {
    extension: [
      {
        url: `${structures}version-specific-use`,
        extension: [{ url: 'startFhirVersion', valueCode: '5.0' }],
      },
    ],
  };
  t.same(
    stands('Patient.nome', later).filter((one) => one.startsWith('extension-context')),
    [],
    'one of another version',
  );
});

t.test('a binding is to value sets, an additional one too', async (t) => {
  const bound = (valueCanonical: string) =>
    judged('Patient', {
      'Patient.maritalStatus': {
        binding: {
          extension: [
            {
              url: 'http://hl7.org/fhir/tools/StructureDefinition/additional-binding',
              extension: [
                { url: 'purpose', valueCode: 'maximum' },
                { url: 'valueSet', valueCanonical },
              ],
            },
          ],
          strength: 'extensible',
        },
      },
    });
  t.same(bound('http://hl7.org/fhir/ValueSet/marital-status'), []);
  t.same(bound('http://hl7.org/fhir/event-status'), [
    `canonical-type @ ${at}[0].binding.extension[0].extension[1].value`,
  ]);
});
