/** How many sessions a protocol of the guide has, when, and with which dose. */
import type { ProtocolName } from './course-description.ts';

export interface Schedule {
  readonly sessions: number;
  readonly preparations: number;
  /** Days from one session to the next, in turn. */
  readonly steps: readonly number[];
  dose(kilograms: number, session: number): number;
}

export const schedules: Readonly<Record<ProtocolName, Schedule>> = {
  'iv-6': { sessions: 6, preparations: 3, steps: [3, 4], dose: (weight) => Math.round(weight / 2) },
  'infusion-only': { sessions: 6, preparations: 0, steps: [3, 4], dose: (weight) => Math.round(weight / 2) },
  'im-escalating': {
    sessions: 5,
    preparations: 3,
    steps: [7],
    dose: (_, session) => Math.min(75, 30 + 15 * session),
  },
  sublingual: { sessions: 6, preparations: 2, steps: [7], dose: (_, session) => (session < 2 ? 100 : 150) },
  'esketamine-label': {
    sessions: 8,
    preparations: 1,
    steps: [3, 4],
    dose: (_, session) => (session < 2 ? 56 : 84),
  },
};
