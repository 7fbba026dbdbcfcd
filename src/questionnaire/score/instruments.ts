/** Every instrument known here, and what a total of one means. */
import { auditC } from './audit-c.ts';
import { bprs18 } from './bprs-18.ts';
import { cadss } from './cadss.ts';
import { gad7 } from './gad-7.ts';
import { hamD17 } from './ham-d17.ts';
import type { Code, Instrument } from './instrument.ts';
import { madrs } from './madrs.ts';
import { pcl5 } from './pcl-5.ts';
import { phq9 } from './phq-9.ts';
import { qidsSr16 } from './qids-sr16.ts';
import { dast10, meq30, pss10 } from './total-only.ts';

export const instruments: readonly Instrument[] = [
  phq9,
  gad7,
  pcl5,
  auditC,
  madrs,
  qidsSr16,
  hamD17,
  cadss,
  bprs18,
  dast10,
  pss10,
  meq30,
];

const byTotal = new Map(instruments.map((instrument) => [keyOf(instrument.code), instrument]));

/** The instrument whose total score has this code. */
export function instrumentOf(code: Partial<Code>): Instrument | undefined {
  return byTotal.get(keyOf(code));
}

function keyOf({ system, code }: Partial<Code>): string {
  return `${system}|${code}`;
}

/** The name of the band a total lies in. */
export function severityOf({ bands, range }: Instrument, total: number): string | undefined {
  if (total < range[0] || total > range[1]) return undefined;
  return bands?.find(({ upTo }) => total <= upTo)?.name;
}
