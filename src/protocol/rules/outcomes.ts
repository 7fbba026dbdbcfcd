/**
 * R18: the same instrument was asked shortly before the first and shortly after the last medicine session, and an
 * answer that points to suicidal thoughts is followed up.
 */
import type { Observation, QuestionnaireResponse, Resource, Task } from '@medplum/fhirtypes';
import type { Course } from '../course.ts';
import type { ProtocolRule, RuleContext, Verdict } from '../rule.ts';
import { minutesOf, numberOf } from '../rule-parameters.ts';
import { isSessionOf } from '../session.ts';
import { instantAfter, instantOf, minute, type Zone } from '../time.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

interface Score {
  readonly reference: string;
  /** `system|code` of the instrument's total. */
  readonly instrument: string;
  /** Milliseconds; a score that names but a day was taken on arrival. */
  readonly time: number;
  /** Of the day, if it names but a day. */
  readonly latest: number;
}

const finalStatuses: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
const courseOver: ReadonlySet<string> = new Set(['completed', 'stopped']);

export const outcomes: ProtocolRule = {
  key: 'R18',
  on: ['Procedure', 'QuestionnaireResponse'],
  concerns: isSessionOf('medicine'),
  async check(course, context) {
    return [...(await scores(course, context)), ...(await suicidalThoughts(course, context))];
  },
};

async function scores(course: Course, { parameters, memberOf, now }: RuleContext): Promise<Verdict[]> {
  if (!memberOf) return [verdict('not-applicable', 'No terminology is at hand to judge by')];
  const stated = statedBy('R18', parameters);
  const before = stated('baseline-score-window', minutesOf);
  const after = stated('end-score-window', minutesOf);
  const list = stated('outcome-scores', (one) => one?.value.valueString);
  if (!before || !after || !list)
    return [notStated('baseline-score-window', 'end-score-window', 'outcome-scores')];
  const medicine = (await course.sessions()).filter(({ kind, begun }) => kind === 'medicine' && begun);
  const [first] = medicine;
  if (!first) return [verdict('not-yet', 'No medicine session has begun')];
  const all = (await course.surveys()).flatMap((one) =>
    scoreOf(one, first.zone, (system, code) => memberOf(list.value, system, code)),
  );
  const start = first.start ?? now;
  const baseline = all.filter(({ time, latest }) => time <= start && latest >= start - before.value * minute);
  const here = [first.reference];
  return [
    baseline.length > 0
      ? verdict('pass', 'A score was taken shortly before the first medicine session', here, {
          evidence: baseline.map(({ reference }) => reference),
        })
      : verdict('fail', 'No score was taken shortly before the first medicine session', here, {
          severity: 'information',
          parameter: before.parameter,
          satisfy:
            'A final score of an instrument of the protocol, taken within this time before the session',
        }),
    endVerdict(),
  ];

  function endVerdict(): Verdict {
    const last = medicine.at(-1)!;
    const end = last.end ?? last.start ?? now;
    const due = end + after!.value * minute;
    const compared = new Set(baseline.map(({ instrument }) => instrument));
    const taken = all.filter(
      ({ time, instrument }) =>
        time >= end && time <= due && (compared.size === 0 || compared.has(instrument)),
    );
    const there = [last.reference];
    const { parameter } = after!;
    if (taken.length > 0)
      return verdict('pass', 'A score was taken shortly after the last medicine session', there, {
        evidence: taken.map(({ reference }) => reference),
      });
    if (!courseOver.has(course.procedure.status ?? ''))
      return verdict('not-yet', 'The course goes on', [course.reference]);
    if (now <= due)
      return verdict('not-yet', 'The score after the last medicine session is still to come', there, {
        parameter,
        due,
      });
    return verdict('fail', 'No score was taken shortly after the last medicine session', there, {
      severity: 'information',
      parameter,
      satisfy: 'A final score of an instrument asked before, taken within this time after the session',
    });
  }
}

function scoreOf(
  { id, status, code, valueQuantity, effectiveDateTime, effectivePeriod }: Observation,
  zone: Zone,
  isScore: (system: string | undefined, code: string | undefined) => boolean,
): Score[] {
  const taken = effectiveDateTime ?? effectivePeriod?.end;
  const time = instantOf(taken, zone);
  const coding = code?.coding?.find((one) => isScore(one.system, one.code));
  if (!coding || time === undefined || valueQuantity?.value === undefined) return [];
  if (!finalStatuses.has(status ?? '')) return [];
  const latest = instantAfter(taken, zone) ?? time;
  return [{ reference: `Observation/${id}`, instrument: `${coding.system}|${coding.code}`, time, latest }];
}

/** Each answer of the course that reaches the limit; the Task that looks after it has the response as its focus. */
async function suicidalThoughts(
  course: Course,
  { parameters, suicideItemOf, written }: RuleContext,
): Promise<Verdict[]> {
  const least = statedBy('R18', parameters)('suicide-item-min', numberOf);
  if (!suicideItemOf || !least) return [];
  const begin = Math.min(...(await course.sessions()).map(({ start }) => start ?? Number.POSITIVE_INFINITY));
  const window = statedBy('R18', parameters)('baseline-score-window', minutesOf)?.value ?? 0;
  const verdicts: Verdict[] = [];
  const responses = written ? answersAmong(written, course) : await course.responses();
  for (const response of responses) {
    const authored = instantOf(response.authored);
    if (authored !== undefined && authored < begin - window * minute) continue;
    if (((await suicideItemOf(response)) ?? 0) < least.value) continue;
    const reference = `QuestionnaireResponse/${response.id}`;
    verdicts.push(followUpOf(reference, await course.tasks(), least.parameter));
  }
  return verdicts;
}

/** On a write the answers given before are not asked about again. */
function answersAmong(written: ReadonlyMap<string, Resource>, { subject }: Course): QuestionnaireResponse[] {
  return [...written.values()]
    .filter((resource) => resource.resourceType === 'QuestionnaireResponse')
    .filter((response) => response.subject?.reference === subject)
    .filter(({ status }) => status === 'completed' || status === 'amended');
}

const open: ReadonlySet<string> = new Set([
  ...['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'],
]);

function followUpOf(
  reference: string,
  tasks: readonly Task[],
  parameter: NonNullable<Verdict['parameter']>,
): Verdict {
  const own = tasks.filter(({ focus }) => focus?.reference === reference);
  const done = own.find(({ status }) => status === 'completed');
  const waiting = own.find(({ status = '' }) => open.has(status));
  const evidence = [done ?? waiting].flatMap((task) => (task ? [`Task/${task.id}`] : []));
  if (done)
    return verdict('pass', 'An answer that points to suicidal thoughts was followed up', [reference], {
      evidence,
    });
  if (waiting)
    return verdict(
      'not-yet',
      'An answer that points to suicidal thoughts is being followed up',
      [reference],
      {
        evidence,
      },
    );
  return verdict('fail', 'Nobody follows up an answer that points to suicidal thoughts', [reference], {
    severity: 'information',
    parameter,
    satisfy: 'A Task with the response as its focus',
  });
}
