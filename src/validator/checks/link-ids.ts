/**
 * que-2: the link ids of a Questionnaire are unique. `descendants().linkId` is asked of the JSON itself: a walk that
 * makes nothing of what it passes.
 * https://hl7.org/fhir/R4/questionnaire.html#constraints
 */
import { type Run, report } from '../run.ts';

const human = 'The link ids for groups and questions must be unique within the questionnaire';

export function checkLinkIds(questionnaire: Readonly<Record<string, unknown>>, run: Run): void {
  if (areDistinct(questionnaire, new Set())) return;
  report(run, { key: 'que-2', severity: 'error', code: 'invariant', text: human, path: '' });
}

/** Whether no link id below a value is among those seen; adds them. */
function areDistinct(value: object, seen: Set<unknown>): boolean {
  if (Array.isArray(value)) {
    for (const one of value)
      if (typeof one === 'object' && one !== null && !areDistinct(one, seen)) return false;
    return true;
  }
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object') {
      if (member !== null && !areDistinct(member, seen)) return false;
    } else if (key === 'linkId') {
      if (seen.has(member)) return false;
      seen.add(member);
    }
  }
  return true;
}
