/** Random resources over a small vocabulary, so that what one holds is often what a search asks of another. */
import fc from 'fast-check';
import type { Resource } from '../../src/fhir/resource.ts';

const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const list = <T>(value: fc.Arbitrary<T>) => maybe(fc.array(value, { minLength: 1, maxLength: 3 }));

const system = some('http://loinc.org', 'http://snomed.info/sct', 'urn:x|y');
const code = some('a', 'A', 'b', 'a|b', 'c,d', '44261-6');
const display = some('Depression score', 'dépression', 'Blood  pressure', 'a$b');
const coding = fc.record({ system: maybe(system), code: maybe(code), display: maybe(display) });
const concept = fc.record({ coding: list(coding), text: maybe(display) });
const identifier = fc.record({
  type: maybe(concept),
  system: maybe(some('urn:mrn', 'urn:ssn')),
  value: maybe(some('1', '2', 'AB-1')),
});
const id = some('1', '2', 'x.3');
const reference = (...types: string[]) =>
  fc.record({
    reference: maybe(
      fc.oneof(
        fc.tuple(some(...types), id).map(([type, key]) => `${type}/${key}`),
        fc.tuple(some(...types), id).map(([type, key]) => `http://local/fhir/${type}/${key}`),
        fc.tuple(some(...types), id).map(([type, key]) => `http://other/fhir/${type}/${key}`),
        fc.tuple(some(...types), id).map(([type, key]) => `${type}/${key}/_history/2`),
        some('urn:uuid:11111111-1111-4111-8111-111111111111', '#inside'),
      ),
    ),
    type: maybe(some(...types)),
    identifier: maybe(identifier),
    display: maybe(display),
  });

const day = some('2024', '2024-02', '2024-02-29', '2024-12-31', '2023', '2025-01-01');
const time = some('T00:00:00Z', 'T23:59:59.999Z', 'T12:00:00+02:00', 'T12:00:00.5-05:00', 'T12:00:01Z');
const dateTime = fc.oneof(
  day,
  fc.tuple(some('2024-02-29', '2024-12-31', '2025-01-01'), time).map((parts) => parts.join('')),
);
const period = fc.record({ start: maybe(dateTime), end: maybe(dateTime) });
const timing = fc.record({
  event: list(dateTime),
  repeat: maybe(fc.record({ boundsPeriod: maybe(period), frequency: maybe(some(1, 2)) })),
});

const decimal = some(0, 1, 5.35, 5.4, 5.45, 99.5, 100, 100.5, 105, -5, -4.5, 0.05, 1e3);
const quantity = fc.record({
  value: maybe(decimal),
  comparator: maybe(some('<', '<=', '>', '>=')),
  unit: maybe(some('mg', 'milligram', 'mmHg')),
  system: maybe(some('http://unitsofmeasure.org', 'urn:units')),
  code: maybe(some('mg', 'g', 'kg', 'mm[Hg]')),
});
const text = some('Müller', 'MULLER', 'van der Berg', 'Anne  Marie', 'O\u2019Neil', 'a,b', 'c\\d', 'ﬁne');
const name = fc.record({ text: maybe(text), family: maybe(text), given: list(text), suffix: list(text) });
const address = fc.record({ line: list(text), city: maybe(text), postalCode: maybe(some('1010', '10115')) });
const contactPoint = fc.record({
  system: maybe(some('phone', 'email')),
  value: maybe(some('+1 555', 'Ann@example.org', 'ann@example.org')),
});
const uri = some('http://a.org/x', 'http://a.org/x/y', 'http://a.org/X', 'http://a.org/xy', 'urn:oid:1.2');
const canonical = fc.oneof(
  uri,
  uri.map((url) => `${url}|1.0`),
);
const meta = fc.record({
  profile: list(canonical),
  tag: list(coding),
  security: list(coding),
  source: maybe(uri),
});

const component = fc.oneof(
  fc.record({ code: concept, valueQuantity: maybe(quantity) }),
  fc.record({ code: concept, valueCodeableConcept: concept }),
);
const value = fc.oneof(
  fc.record({ valueQuantity: quantity }),
  fc.record({ valueCodeableConcept: concept }),
  fc.record({ valueString: text }),
  fc.record({ valueDateTime: dateTime }),
  fc.record({ valuePeriod: period }),
  fc.constant({}),
);
const effective = fc.oneof(
  fc.record({ effectiveDateTime: dateTime }),
  fc.record({ effectivePeriod: period }),
  fc.record({ effectiveTiming: timing }),
  fc.constant({}),
);

const observation = fc
  .tuple(
    fc.record({
      resourceType: fc.constant('Observation'),
      id,
      meta: maybe(meta),
      identifier: list(identifier),
      status: some('final', 'amended'),
      category: list(concept),
      code: concept,
      subject: maybe(reference('Patient', 'Group')),
      encounter: maybe(reference('Encounter')),
      performer: list(reference('Practitioner', 'Patient')),
      component: list(component),
      contained: fc.constant([{ resourceType: 'Patient', id: 'inside' }]),
    }),
    effective,
    value,
  )
  .map((parts) => Object.assign({}, ...parts));

const patient = fc.record({
  resourceType: fc.constant('Patient'),
  id,
  identifier: list(identifier),
  active: maybe(fc.boolean()),
  name: list(name),
  telecom: list(contactPoint),
  gender: maybe(some('male', 'female')),
  birthDate: maybe(day),
  deceasedBoolean: maybe(fc.boolean()),
  address: list(address),
  generalPractitioner: list(reference('Practitioner', 'Organization')),
});

const riskAssessment = fc.record({
  resourceType: fc.constant('RiskAssessment'),
  id,
  status: some('final', 'amended'),
  subject: reference('Patient', 'Group'),
  prediction: list(fc.record({ probabilityDecimal: maybe(decimal) })),
  occurrencePeriod: maybe(period),
});

const questionnaire = fc.record({
  resourceType: fc.constant('Questionnaire'),
  id,
  url: maybe(uri),
  version: maybe(some('1.0', 'a', 'A')),
  title: maybe(text),
  status: some('draft', 'active'),
  date: maybe(dateTime),
  subjectType: list(some('Patient', 'Group')),
  useContext: list(fc.record({ code: coding, valueQuantity: maybe(quantity) })),
});

const questionnaireResponse = fc.record({
  resourceType: fc.constant('QuestionnaireResponse'),
  id,
  questionnaire: maybe(canonical),
  status: some('completed', 'in-progress'),
  subject: maybe(reference('Patient', 'Group')),
  authored: maybe(dateTime),
});

/** As a client would send it: nothing undefined. */
export const randomResource: fc.Arbitrary<Resource> = fc
  .oneof(observation, patient, riskAssessment, questionnaire, questionnaireResponse)
  .map((resource) => JSON.parse(JSON.stringify(resource)) as Resource);
