/** Every rule of the protocol, in the order of their keys. */
import type { ProtocolRule } from '../rule.ts';
import { eligibility } from './eligibility.ts';

export const protocolRules: readonly ProtocolRule[] = [eligibility];
