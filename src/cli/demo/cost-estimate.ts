/** What something is expected to cost, as the extension of the guide says it. */
import type { Extension } from '@medplum/fhirtypes';
import { extension } from './concepts.ts';

export const costEstimate = (value: number, basis: string): Extension =>
  extension('cost-estimate', {
    extension: [
      { url: 'amount', valueMoney: { value, currency: 'USD' } },
      { url: 'basis', valueCode: basis },
    ],
  });
