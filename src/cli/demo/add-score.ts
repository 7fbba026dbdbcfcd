/** The answers to a form and the total that follows from them. */

import { hl7, profile, quantity } from './concepts.ts';
import type { CourseContext } from './course-context.ts';
import type { ScoreDescription } from './course-description.ts';
import { instruments, weightsOf } from './instruments.ts';

export function addScore(context: CourseContext, { day, total }: ScoreDescription, number: number): void {
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
}

/** The talk on whose day the form was answered; a score on another day stands alone. */
function sessionOn({ description }: CourseContext, day: string): string | undefined {
  const { preparations = [], medicine = [] } = description.course ?? {};
  const preparation = preparations.indexOf(day);
  if (preparation >= 0) return `preparation-${preparation + 1}`;
  const integration = medicine.findIndex((one) => one.integration?.day === day && !one.integration.notDone);
  return integration >= 0 ? `integration-${integration + 1}` : undefined;
}
