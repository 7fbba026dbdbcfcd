/** Every rule of the protocol, in the order of their keys. */
import type { ProtocolRule } from '../rule.ts';
import { adverseEventReview } from './adverse-event-review.ts';
import { bloodPressure } from './blood-pressure.ts';
import { consent } from './consent.ts';
import { contraindication } from './contraindication.ts';
import { discharge } from './discharge.ts';
import { dose } from './dose.ts';
import { eligibility } from './eligibility.ts';
import { integration } from './integration.ts';
import { integrity } from './integrity.ts';
import { noteLabel } from './note-label.ts';
import { numbering } from './numbering.ts';
import { observationTime } from './observation-time.ts';
import { orderMatch } from './order-match.ts';
import { outcomes } from './outcomes.ts';
import { people } from './people.ts';
import { pregnancyTest } from './pregnancy-test.ts';
import { preparation } from './preparation.ts';
import { sessionCount } from './session-count.ts';
import { sessionLength } from './session-length.ts';
import { sessionOrder } from './session-order.ts';
import { suicideScreen } from './suicide-screen.ts';
import { vitals } from './vitals.ts';

export const protocolRules: readonly ProtocolRule[] = [
  eligibility,
  consent,
  preparation,
  sessionCount,
  integration,
  sessionOrder,
  sessionLength,
  vitals,
  bloodPressure,
  people,
  dose,
  observationTime,
  discharge,
  suicideScreen,
  orderMatch,
  contraindication,
  numbering,
  outcomes,
  integrity,
  adverseEventReview,
  pregnancyTest,
  noteLabel,
];
