/**
 * The form that a profile demands of a primitive value by the extension `regex`, on an element or on one of its types.
 * https://hl7.org/fhir/R4/extension-regex.html
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { matchesInTime } from '../../fhirpath/runtime/strings.ts';
import type { ValueCheck } from '../compilation.ts';
import { found, foundOnce } from '../run.ts';

const regexUrl = 'http://hl7.org/fhir/StructureDefinition/regex';

export function regexCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  profile: string,
): ValueCheck | undefined {
  const pattern = patternOf(definition);
  if (pattern === undefined || pattern === patternOf(base)) return undefined;
  const name = definition.path ?? '';
  return (value, run) => {
    if (value === undefined || typeof value === 'object') return;
    const matches = matchesInTime(String(value), pattern);
    if (matches === undefined) foundOnce(run, 'value-regex-not-checked', '', name, profile);
    else if (!matches) found(run, 'value-regex', '', name, profile);
  };
}

function patternOf(definition: ElementDefinition | undefined): string | undefined {
  const extensions = [definition, ...(definition?.type ?? [])].flatMap((one) => one?.extension ?? []);
  return extensions.find(({ url }) => url === regexUrl)?.valueString;
}
