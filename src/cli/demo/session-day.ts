/** A medicine session's day: when things happen, and what the entries are called. */

/** When things happen on the day. */
export const times = {
  arrival: '09:00',
  risk: '09:10',
  baseline: '09:25',
  dose: '09:40',
  leaving: '12:00',
  end: '12:10',
};
export interface SessionNames {
  readonly session: string;
  readonly visit: string;
  readonly request: string;
  readonly order: string;
}
export const namesOf = (number: number): SessionNames => ({
  session: `medicine-${number}`,
  visit: `medicine-visit-${number}`,
  request: `medicine-request-${number}`,
  order: `order-${number}`,
});
