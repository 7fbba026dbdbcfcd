/** R16: no condition, pregnancy, allergy or interacting medicine stands against the dose. */
import type {
  AllergyIntolerance,
  CodeableConcept,
  Condition,
  MedicationRequest,
  MedicationStatement,
} from '@medplum/fhirtypes';
import { hasCode, systems } from '../codes.ts';
import { hadBegun, isOver, onsetOf, stands } from '../conditions.ts';
import type { Course } from '../course.ts';
import { type Dose, dosesOf, medicineOf } from '../doses.ts';
import { eachMedicineSession } from '../each-medicine-session.ts';
import { lastPregnancyTest } from '../pregnancy-tests.ts';
import type { ProtocolRule, RuleContext, RuleSeverity, Verdict } from '../rule.ts';
import { minutesOf, type RuleParameter } from '../rule-parameters.ts';
import { isSessionOf } from '../session.ts';
import { instantAfter, instantOf, type Moment, minute } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

/** What stands against a dose: a fact is never refused, the session in spite of it is. */
interface Objection {
  readonly text: string;
  readonly severity: RuleSeverity;
  readonly evidence: string;
  readonly parameter: RuleParameter;
}

/** One of the lists by which the rule judges: a value set that the protocol names. */
interface List {
  readonly parameter: RuleParameter;
  has(concept: CodeableConcept | undefined): boolean;
}

const listNames = [
  ...(['contraindications', 'contraindications-ever', 'cardiovascular-events'] as const),
  ...(['cautions', 'interactions', 'medicines'] as const),
];

type Lists = Readonly<Record<(typeof listNames)[number], List>>;

export const contraindication: ProtocolRule = {
  key: 'R16',
  on: ['Procedure', 'MedicationAdministration'],
  concerns: isSessionOf('medicine'),
  check: (course, context) =>
    eachMedicineSession(course, async (session): Promise<Verdict[]> => {
      if (!context.memberOf) return [verdict('not-applicable', 'No terminology is at hand to judge by')];
      const lists = listsOf(context);
      const eventAge = statedBy('R16', context.parameters)('cardiovascular-event-min', minutesOf);
      if (!lists || !eventAge) return [notStated(...listNames, 'cardiovascular-event-min')];
      const doses = await dosesOf(session, course);
      // What came up since the session began counts at the dose.
      const at: Moment = { time: doses.at(-1)?.start ?? session.start ?? context.now, zone: session.zone };
      const found = [
        ...(await course.conditions()).flatMap(
          (condition) => ofCondition(condition, at, lists, eventAge) ?? [],
        ),
        ...(await ofPregnancyTest(at, course, lists)),
        ...(await ofAllergies(doses, course, lists)),
        ...(await ofMedicines(at, course, lists)),
      ];
      const here = [session.reference, ...doses.map(({ reference }) => reference)];
      const unknown = unknownIn(lists, context);
      if (found.length === 0 && unknown.length > 0) return unknown;
      if (found.length === 0) return [verdict('pass', 'Nothing known stands against the dose', here)];
      const breaches = found.map(({ text, severity, evidence, parameter }) =>
        verdict('fail', text, here, {
          severity,
          evidence: [evidence],
          parameter,
          satisfy: 'That it no longer stands, or a recorded deviation that says who weighed it and why',
        }),
      );
      return [...breaches, ...unknown];
    }),
};

/** Undefined when the protocol does not name them all. */
function listsOf({ parameters, memberOf }: RuleContext): Lists | undefined {
  const lists = listNames.flatMap((name): [string, List][] => {
    const parameter = parameters.get('R16', name);
    const valueSet = parameter?.value.valueString;
    if (!parameter || valueSet === undefined) return [];
    const has: List['has'] = (concept) =>
      concept?.coding?.some(({ system, code }) => memberOf!(valueSet, system, code)) ?? false;
    return [[name, { parameter, has }]];
  });
  return lists.length < listNames.length ? undefined : (Object.fromEntries(lists) as Lists);
}

/** What cannot be judged by is not passed over in silence. */
function unknownIn(lists: Lists, { unknownLists }: RuleContext): Verdict[] {
  return Object.values(lists)
    .filter(({ parameter }) => unknownLists?.has(parameter.value.valueString ?? ''))
    .map(({ parameter }) =>
      verdict('not-applicable', 'A list that the protocol names is not known here', [], { parameter }),
    );
}

/** The first row that fits a condition. */
function ofCondition(
  condition: Condition,
  at: Moment,
  lists: Lists,
  eventAge: { readonly value: number; readonly parameter: RuleParameter },
): Objection | undefined {
  const { code, id } = condition;
  const onset = onsetOf(condition, at.zone);
  const active = stands(condition, at);
  const isEvent = lists['cardiovascular-events'].has(code);
  const isRecent = onset !== undefined && at.time - onset < eventAge.value * minute;
  const rows: readonly (readonly [boolean, RuleSeverity, string, RuleParameter])[] = [
    [
      lists['contraindications-ever'].has(code) && hadBegun(condition, at),
      'error',
      'A contraindication is part of the history',
      lists['contraindications-ever'].parameter,
    ],
    [
      isEvent && hadBegun(condition, at) && (isRecent || (onset === undefined && active)),
      'error',
      'A cardiovascular event is too recent',
      eventAge.parameter,
    ],
    [isEvent && active, 'warning', 'A cardiovascular event is still treated as active', eventAge.parameter],
    [
      !isEvent && active && lists.contraindications.has(code),
      'error',
      'A contraindication is active',
      lists.contraindications.parameter,
    ],
    [
      active && lists.cautions.has(code),
      'warning',
      'A condition that calls for care is active',
      lists.cautions.parameter,
    ],
  ];
  const [, severity, text, parameter] = rows.find(([fits]) => fits) ?? [];
  return severity && text && parameter
    ? { severity, text, parameter, evidence: `Condition/${id}` }
    : undefined;
}

/** A test says the same as a condition when its result is on the list. */
async function ofPregnancyTest(at: Moment, course: Course, lists: Lists): Promise<Objection[]> {
  const test = await lastPregnancyTest(at, course);
  const list = lists.contraindications;
  return test && list.has(test.observation.valueCodeableConcept)
    ? [
        {
          text: 'The last pregnancy test was positive',
          severity: 'error',
          evidence: test.reference,
          parameter: list.parameter,
        },
      ]
    : [];
}

/** Allergy to ketamine: outside the free part of SNOMED CT, so no list of the guide has it, yet records do. */
const ketamineAllergy = '293707005';

/** Allergies to the medicine that was given, or to any of those that the therapy gives. */
async function ofAllergies(doses: readonly Dose[], course: Course, lists: Lists): Promise<Objection[]> {
  const keys = (concept: CodeableConcept | undefined) =>
    (concept?.coding ?? []).map(({ system, code }) => `${system}|${code}`);
  const given = new Set(doses.flatMap(({ medicine }) => keys(medicine)));
  const concerns = ({ code, reaction = [] }: AllergyIntolerance) =>
    hasCode(code, systems.snomed, ketamineAllergy) ||
    [code, ...reaction.map(({ substance }) => substance)].some(
      (one) => lists.medicines.has(one) || keys(one).some((key) => given.has(key)),
    );
  return (await course.allergies())
    .filter(
      ({ clinicalStatus, verificationStatus }) => !isOver(clinicalStatus) && !isOver(verificationStatus),
    )
    .filter(concerns)
    .map(({ id }) => ({
      text: 'An allergy to the medicine is recorded',
      severity: 'error',
      evidence: `AllergyIntolerance/${id}`,
      parameter: lists.medicines.parameter,
    }));
}

/** What the patient takes, as stated or as ordered. */
async function ofMedicines(at: Moment, course: Course, { interactions }: Lists): Promise<Objection[]> {
  const taken = [
    ...(await course.medications()).filter((statement) => isTaken(statement, at)),
    ...(await course.orders()).filter((order) => isOrdered(order, at)),
  ];
  const found: Objection[] = [];
  for (const one of taken)
    if (interactions.has(await medicineOf(one, course)))
      found.push({
        text: 'A medicine that interacts is being taken',
        severity: 'warning',
        evidence: `${one.resourceType}/${one.id}`,
        parameter: interactions.parameter,
      });
  return found;
}

/** What was ended since was taken then, if its end is known. */
function isTaken(
  { status, effectivePeriod, effectiveDateTime }: MedicationStatement,
  { time, zone }: Moment,
): boolean {
  const from = instantOf(effectivePeriod?.start ?? effectiveDateTime, zone);
  const until = instantAfter(effectivePeriod?.end, zone);
  const ended = status === 'completed' || status === 'stopped';
  if (from !== undefined && from > time) return false;
  return (status === 'active' || (ended && until !== undefined)) && (until === undefined || until >= time);
}

const orderIntents: ReadonlySet<string> = new Set([
  ...['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order'],
]);

function isOrdered(order: MedicationRequest, { time, zone }: Moment): boolean {
  const { status, intent, doNotPerform, authoredOn, dispenseRequest } = order;
  const until = instantAfter(dispenseRequest?.validityPeriod?.end, zone);
  return (
    status === 'active' &&
    doNotPerform !== true &&
    orderIntents.has(intent ?? '') &&
    (instantOf(authoredOn, zone) ?? time) <= time &&
    (until === undefined || until >= time)
  );
}
