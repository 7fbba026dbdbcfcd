/**
 * A described course as one FHIR transaction whose resources claim the profiles of the guide.
 * The same description always gives the same bundle.
 */
import type { Bundle, CarePlanActivity } from '@medplum/fhirtypes';
import { addEvents } from './add-events.ts';
import { addMedicineSession } from './add-medicine-session.ts';
import { addMedicationOrder, addSessionRequest } from './add-orders.ts';
import { addPlan } from './add-plan.ts';
import { addScore } from './add-score.ts';
import { addClinicAndPatient, addScreening } from './add-screening.ts';
import { addTalkSession, type TalkSession, talkPeriod } from './add-talk-session.ts';
import { type CourseContext, createContext } from './course-context.ts';
import type { CourseDescription, TreatmentDescription } from './course-description.ts';

export function courseBundle(description: CourseDescription): Bundle {
  const context = createContext(description);
  addClinicAndPatient(context);
  addScreening(context);
  if (description.course) addTreatment(context, description.course);
  for (const [index, score] of description.scores.entries()) addScore(context, score, index + 1);
  return { resourceType: 'Bundle', type: 'transaction', entry: [...context.list] };
}

function addTreatment(context: CourseContext, course: TreatmentDescription): void {
  const talks = context.therapy ? talksOf(course) : [];
  const activity: CarePlanActivity[] = [];
  for (const talk of talks) activity.push(orderTalk(context, talk));
  for (const [index, medicine] of course.medicine.entries()) {
    const number = index + 1;
    const period = context.period(medicine.day, '09:00', '12:10');
    if (context.therapy) {
      const status = medicine.notGiven ? 'revoked' : 'completed';
      const request = { name: `medicine-request-${number}`, kind: 'medicine', number } as const;
      const { movedFrom } = medicine;
      const earlier = `${request.name}-earlier`;
      if (movedFrom) {
        const before = context.period(movedFrom, '09:00', '12:10');
        addSessionRequest(context, { ...request, name: earlier, period: before, status: 'revoked' });
      }
      addSessionRequest(context, { ...request, period, status, ...(movedFrom ? { replaces: earlier } : {}) });
    }
    addMedicationOrder(
      context,
      `order-${number}`,
      `medicine-request-${number}`,
      medicine.milligrams,
      course.consented,
      !medicine.notGiven,
    );
    activity.push({
      outcomeReference: [context.refer(`medicine-${number}`)],
      reference: context.refer(context.therapy ? `medicine-request-${number}` : `order-${number}`),
    });
  }
  addPlan(context, course, activity);
  for (const talk of talks) addTalkSession(context, talk);
  for (const [index, medicine] of course.medicine.entries()) {
    addMedicineSession(context, medicine, index + 1);
    addEvents(context, medicine, index + 1);
  }
}

function orderTalk(context: CourseContext, { kind, number, day, notDone }: TalkSession): CarePlanActivity {
  const request = `${kind}-request-${number}`;
  const status = notDone ? 'revoked' : 'completed';
  addSessionRequest(context, { name: request, kind, number, period: talkPeriod(context, day), status });
  return { outcomeReference: [context.refer(`${kind}-${number}`)], reference: context.refer(request) };
}

/** Preparations first, then the integration of each medicine session that was held. */
function talksOf({ preparations, missedPreparation, medicine }: TreatmentDescription): TalkSession[] {
  return [
    ...preparations.map((day, index): TalkSession => ({ kind: 'preparation', number: index + 1, day })),
    ...(missedPreparation
      ? [
          {
            kind: 'preparation' as const,
            number: preparations.length + 1,
            day: missedPreparation.day,
            notDone: missedPreparation.reason,
          },
        ]
      : []),
    ...medicine.flatMap(({ integration }, index): TalkSession[] =>
      integration ? [{ kind: 'integration', number: index + 1, ...integration }] : [],
    ),
  ];
}
