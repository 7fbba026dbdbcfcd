/**
 * Joint terms: a patient and a code as one term of the inverted index. Intersecting the long list of everything with
 * a code and that of a patient costs more as the data grows; looking up one short list does not.
 */
import type { TypedValue } from '../fhirpath/expression.ts';
import type { Parameter } from './parameter.ts';
import { codeTerms, type TokenTerm } from './params/token.ts';
import type { PlanNode } from './plan.ts';
import type { TypeParameters } from './type-parameters.ts';

const jointTypes: ReadonlySet<string> = new Set(['code', 'Coding', 'CodeableConcept']);

/** Whether the codes of a parameter are also indexed together with the patient. */
export function isJoint(parameter: Parameter): boolean {
  const { type, code, valueTypes } = parameter;
  if (type !== 'token' || code.startsWith('_') || !valueTypes) return false;
  return [...valueTypes].every((valueType) => jointTypes.has(valueType));
}

/**
 * The joint terms of a parameter's values.
 * @param patients ids
 */
export function jointTerms(
  patients: readonly string[],
  values: readonly TypedValue[],
  parameter: Parameter,
): string[] {
  const systemless = `${parameter.name}||`;
  const codes = values.flatMap((value) => codeTerms(value, parameter.name, parameter));
  return codes.flatMap((term) =>
    term.startsWith(systemless) ? [] : patients.map((id) => jointTerm(`Patient/${id}`, term)),
  );
}

function jointTerm(patient: string, codeTerm: string): string {
  return `${patient}&${codeTerm}`;
}

/** Whether a token of a query is one of those that are indexed together with the patient. */
export function isJointTerm(term: TokenTerm): boolean {
  if (term.by === 'code') return !term.folds;
  return term.by === 'system-code' && term.system !== '' && !term.folds;
}

/** A plan of terms with each joined to the patient. */
export function joined(node: PlanNode, patient: string): PlanNode {
  if (node.kind === 'term') return { kind: 'term', term: jointTerm(patient, node.term) };
  return node.kind === 'or' ? { ...node, nodes: node.nodes.map((part) => joined(part, patient)) } : node;
}

/**
 * Whether finding `Patient/1` by this parameter and by `patient` is one and the same: for `patient` itself, and for
 * one that `patient` only narrows, as in `Observation.subject.where(resolve() is Patient)`.
 */
export function findsPatient(parameter: Parameter, parameters: TypeParameters): boolean {
  const patient = parameters.get('patient');
  if (patient?.type !== 'reference' || parameter.type !== 'reference') return false;
  const paths = new Set(patient.parts.map((part) => part.expression));
  return (
    parameter.parts.length === paths.size &&
    parameter.parts.every(
      (part) =>
        paths.has(part.expression) && (part.targetType === undefined || part.targetType === 'Patient'),
    )
  );
}
