/** Every rule of the protocol, in the order of their keys. */
import type { ProtocolRule } from '../rule.ts';
import { bloodPressure } from './blood-pressure.ts';
import { consent } from './consent.ts';
import { dose } from './dose.ts';
import { eligibility } from './eligibility.ts';
import { integration } from './integration.ts';
import { people } from './people.ts';
import { preparation } from './preparation.ts';
import { sessionCount } from './session-count.ts';
import { sessionLength } from './session-length.ts';
import { sessionOrder } from './session-order.ts';
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
];
