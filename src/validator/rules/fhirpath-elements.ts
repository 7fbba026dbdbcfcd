/**
 * Elements whose text is FHIRPath by definition. What they begin from, and the functions a program adds, are not known
 * here: they have to parse.
 * https://hl7.org/fhir/R4/structuremap.html, https://hl7.org/fhir/R4/testscript.html
 */
import type { Issue } from '../../core/issue.ts';
import type { TypeRule, TypeRules } from '../type-rules.ts';
import { malformedIssues } from './constraint-expressions.ts';
import { membersOf } from './members.ts';

interface FhirPathElements {
  readonly names: readonly string[];
  /** What leads to them. */
  readonly within: readonly string[];
}

/** By resource type: its elements that are FHIRPath. */
const elements: Readonly<Record<string, FhirPathElements>> = {
  GraphDefinition: { names: ['path'], within: ['link', 'target'] },
  StructureMap: { names: ['condition', 'check', 'logMessage'], within: ['group', 'rule', 'source'] },
  TestScript: {
    names: ['expression', 'compareToSourceExpression'],
    within: ['variable', 'setup', 'test', 'teardown', 'action', 'assert'],
  },
};

/** A variable of a TestScript, which is filled in when it is run. */
const placeholder = '${';

function fhirPathRule(names: ReadonlySet<string>, within: ReadonlySet<string>): TypeRule {
  return (resource, context) =>
    membersOf(resource, names, within).flatMap(({ name, value, place }): Issue[] => {
      if (typeof value !== 'string' || value.includes(placeholder)) return [];
      return malformedIssues(value, `${place}.${name}`, context);
    });
}

export const fhirPathRules: TypeRules = Object.fromEntries(
  Object.entries(elements).map(([type, { names, within }]) => [
    type,
    [fhirPathRule(new Set(names), new Set(within))],
  ]),
);
