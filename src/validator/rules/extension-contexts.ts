/**
 * Where a definition lets its extension stand: on what an expression selects, on another extension, or on an element
 * that there is. The path of an element may be that of another version of FHIR, if it says so.
 * https://hl7.org/fhir/R4/defining-extensions.html#context
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import type { Issue } from '../../core/issue.ts';
import { objectsOf } from '../../fhir/resource.ts';
import { isAbsolute } from '../checks/url.ts';
import { ruleIssue } from '../finding.ts';
import type { RuleContext } from '../type-rules.ts';
import { malformedIssues } from './constraint-expressions.ts';
import { typesAt } from './element-types.ts';

/** By the type of the context. */
const judges: ReadonlyMap<unknown, (expression: string, place: string, context: RuleContext) => Issue[]> =
  new Map([
    [
      'extension',
      (expression: string, place: string) =>
        isAbsolute(expression) ? [] : [ruleIssue('extension-context-url', place)],
    ],
    ['fhirpath', malformedIssues],
    ['element', elementIssues],
  ]);

/** Says of which versions of FHIR a context speaks. */
const ofVersions = 'http://hl7.org/fhir/StructureDefinition/version-specific-use';

/** What later versions call the ancestors of types. */
const ancestors: ReadonlySet<string> = new Set(['Base', 'CanonicalResource', 'MetadataResource']);

/** The id of an element that there is, a choice with or without its `[x]`; what a `#` is in is that of a profile. */
function elementIssues(expression: string, place: string, { model, structure }: RuleContext): Issue[] {
  const [root = ''] = expression.split('.');
  if (/[#:]/.test(expression) || ancestors.has(root)) return [];
  const isKnown = model.type(root)
    ? [expression, `${expression}[x]`].some((path) => typesAt(path, model) !== 'none')
    : structure(types + root) !== undefined;
  return isKnown ? [] : [ruleIssue('extension-context-element', place)];
}

const types = 'http://hl7.org/fhir/StructureDefinition/';

export function contextIssues(structure: StructureDefinition, surroundings: RuleContext): Issue[] {
  if (structure.type !== 'Extension' && structure.context !== undefined)
    return [ruleIssue('extension-context-type', 'StructureDefinition.context[0]')];
  const invariants: unknown[] = Array.isArray(structure.contextInvariant) ? structure.contextInvariant : [];
  return [
    ...objectsOf(structure.context).flatMap(({ type, expression, extension }, index) =>
      typeof expression === 'string' && !objectsOf(extension).some(({ url }) => url === ofVersions)
        ? (judges.get(type)?.(expression, `StructureDefinition.context[${index}].expression`, surroundings) ??
          [])
        : [],
    ),
    ...invariants.flatMap((expression, index) =>
      typeof expression === 'string'
        ? malformedIssues(expression, `StructureDefinition.contextInvariant[${index}]`, surroundings)
        : [],
    ),
  ];
}
