/** R22: psychotherapy notes carry the label that keeps them out of what is handed on. */
import { hasCode } from '../codes.ts';
import type { ProtocolRule } from '../rule.ts';
import { notStated, statedBy, verdict } from '../verdict.ts';

const typeSystem = 'https://w3id.org/kat-fhir/CodeSystem/kat-document-type';
const labelSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

export const noteLabel: ProtocolRule = {
  key: 'R22',
  on: ['DocumentReference'],
  async check(course, { parameters }) {
    const label = statedBy('R22', parameters)('note-label', (one) => one?.value.valueCode);
    if (!label) return [notStated('note-label')];
    const notes = (await course.notes()).filter(
      ({ status, type }) => status !== 'entered-in-error' && hasCode(type, typeSystem, 'psychotherapy-note'),
    );
    if (notes.length === 0) return [verdict('not-applicable', 'No psychotherapy note is recorded')];
    return notes.map(({ id, meta }) =>
      meta?.security?.some(({ system, code }) => system === labelSystem && code === label.value)
        ? verdict('pass', 'The note carries its label', [`DocumentReference/${id}`])
        : verdict('fail', 'The psychotherapy note does not carry its label', [`DocumentReference/${id}`], {
            parameter: label.parameter,
            satisfy: 'The label among meta.security of the note',
          }),
    );
  },
};
