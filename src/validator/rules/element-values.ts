/**
 * Values and bindings that a profile gives an element suit what the element holds.
 * https://hl7.org/fhir/R4/elementdefinition.html#primitives
 */
import type { ElementDefinitionBinding } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { isBindable } from '../checks/binding.ts';
import { ruleIssue } from '../finding.ts';
import type { ElementCase } from './element-case.ts';

const systemTypes = 'http://hl7.org/fhirpath/';
const valueKey = /^(fixed|pattern|minValue|maxValue|defaultValue)([A-Z]\w*)$/;

/** `fixedCode` is for elements that hold a code. */
export function valueTypeIssues({ element, types, place }: ElementCase): Issue[] {
  // The value of a primitive type is of none of the types of FHIR.
  if (types === undefined || element.type?.some(({ code = '' }) => code.startsWith(systemTypes))) return [];
  const names = new Set(types.map((type) => type.toLowerCase()));
  return Object.keys(element).flatMap((key) => {
    const [, name, type = ''] = valueKey.exec(key) ?? [];
    // A backbone element is named by its path and takes no value at all.
    return name === undefined || names.has(type.toLowerCase())
      ? []
      : [ruleIssue('profile-value-type', `${place}.${name}`, types.join(', '))];
  });
}

/** Only what may hold a code is bound to codes, and to a value set, not to a code system. */
export function bindingIssues({ element, types, inherited, place, context }: ElementCase): Issue[] {
  const bound = element.binding?.valueSet;
  const toOthers = valueSetsOf(element.binding).filter(
    ({ url }) => typeof url === 'string' && !context.valueSet(url) && context.codeSystem(url),
  );
  if (toOthers.length > 0)
    return toOthers.map(({ at }) =>
      ruleIssue('canonical-type', `${place}.binding.${at}`, 'CodeSystem', 'ValueSet'),
    );
  if (
    element.binding === undefined ||
    types === undefined ||
    // What is bound as a choice of types stays bound where only the others of them are left.
    (bound !== undefined && inherited?.binding?.valueSet === bound) ||
    types.some((type) => isBindable(type) || context.model.isA(type, 'Quantity'))
  )
    return [];
  return [ruleIssue('profile-binding', `${place}.binding`, types.join(', '))];
}

const additional = 'http://hl7.org/fhir/tools/StructureDefinition/additional-binding';

/** The value sets of a binding, those that an extension adds included, and where they stand. */
function valueSetsOf(binding: ElementDefinitionBinding | undefined): { url: unknown; at: string }[] {
  const added = (binding?.extension ?? []).flatMap(({ url, extension = [] }, index) =>
    extension.flatMap((part, at) =>
      url === additional && part.url === 'valueSet'
        ? [{ url: part.valueCanonical, at: `extension[${index}].extension[${at}].value` }]
        : [],
    ),
  );
  return [{ url: binding?.valueSet, at: 'valueSet' }, ...added];
}
