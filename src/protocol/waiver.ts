/** A recorded waiver of a rule on a session: extension kat-waiver with reason and author. */
import type { Extension } from '@medplum/fhirtypes';
import { extensions } from './codes.ts';
import type { Session } from './session.ts';

/** The waiver of a rule; undefined when there is none, or nobody answers for it. */
export function waiverOf({ procedure }: Session, rule: string): Extension | undefined {
  return procedure.extension?.find(({ url, extension = [] }) => {
    const part = (name: string) => extension.find((one) => one.url === name);
    return (
      url === extensions.waiver &&
      part('rule')?.valueCode === rule &&
      part('reason') !== undefined &&
      part('author') !== undefined
    );
  });
}
