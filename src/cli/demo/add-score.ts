/** The answers to a form, the total that follows from them, and what is done when an answer points to danger. */
import { addDoneTask } from './add-task.ts';
import { hl7, profile, quantity } from './concepts.ts';
import type { CourseContext } from './course-context.ts';
import type { ScoreDescription } from './course-description.ts';
import { instruments, weightsOf } from './instruments.ts';

export function addScore(context: CourseContext, score: ScoreDescription, number: number): void {
  const { day, total } = score;
  const instrument = instruments[context.indication.instrument];
  const { subject, refer } = context;
  const authored = context.at(day, '14:50');
  const session = sessionOn(context, day);
  const held = session === undefined ? {} : { partOf: [refer(session)] };
  const visit = session === undefined ? {} : { encounter: refer(session.replace('-', '-visit-')) };
  const answers =
    total === undefined
      ? undefined
      : context.add(`answers-${number}`, {
          resourceType: 'QuestionnaireResponse',
          ...held,
          questionnaire: instrument.questionnaire,
          status: 'completed',
          subject,
          ...visit,
          authored,
          author: subject,
          source: subject,
          item: [
            {
              linkId: 'symptoms',
              item: weightsOf(instrument, total).map((weight, index) => ({
                linkId: instrument.items[index]!,
                answer: [{ valueCoding: instrument.answers[weight]! }],
              })),
            },
            { linkId: instrument.totalItem, answer: [{ valueDecimal: total }] },
          ],
        });
  context.add(`score-${number}`, {
    resourceType: 'Observation',
    meta: { profile: [profile('outcome-score')] },
    ...held,
    status: answers ? 'final' : 'cancelled',
    category: [hl7('observation-category', 'survey', 'Survey')],
    code: instrument.code,
    subject,
    ...visit,
    effectiveDateTime: authored,
    ...(answers
      ? { valueQuantity: quantity(total!, '{score}'), derivedFrom: [answers] }
      : { dataAbsentReason: hl7('data-absent-reason', 'asked-declined', 'Asked But Declined') }),
  });
  if (!answers || !pointsToDanger(context, score)) return;
  addDoneTask(context, `answers-${number}-followed`, {
    what: 'Follow-up of an answer about thoughts of death',
    why: 'To be asked about on the same day.',
    focus: answers,
    requester: context.companion,
    asked: authored,
    done: context.at(day, '17:30'),
    words: 'Thoughts without intent or plan; safety plan gone through.',
  });
}

/** Whether the ninth item of a PHQ-9 was answered by anything but not at all. */
export function pointsToDanger({ indication }: CourseContext, { total }: ScoreDescription): boolean {
  const instrument = instruments[indication.instrument];
  return instrument.lastIsSafety === true && total !== undefined && weightsOf(instrument, total).at(-1)! > 0;
}

/** The talk on whose day the form was answered; a score on another day stands alone. */
function sessionOn({ description }: CourseContext, day: string): string | undefined {
  const { preparations = [], medicine = [] } = description.course ?? {};
  const preparation = preparations.indexOf(day);
  if (preparation >= 0) return `preparation-${preparation + 1}`;
  const integration = medicine.findIndex((one) => one.integration?.day === day && !one.integration.notDone);
  return integration >= 0 ? `integration-${integration + 1}` : undefined;
}
