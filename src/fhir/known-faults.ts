/**
 * Faults of the R4 4.0.1 definitions that would make right resources wrong or wrong ones right, mended when the
 * definitions are built. Each row says what is wrong; nothing else of HL7's definitions is altered.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

const fhirType = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';
const systemTypes = 'http://hl7.org/fhirpath/System.';

/** Base paths whose stated type is not the one the specification gives. */
const typeFaults: Readonly<Record<string, { type: string; reason: string }>> = {
  'Resource.id': { type: 'id', reason: 'the snapshots say string; resource.html says id' },
};

/** Extensions whose value has another type in practice than in their definition; both are right then. */
const valueFaults: Readonly<Record<string, { types: readonly string[]; reason: string }>> = {
  'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col': {
    types: ['integer', 'string'],
    reason: 'defined as string, though a line is an integer; HL7’s own validator writes an integer for both',
  },
};

interface ExpressionFault {
  readonly key: string;
  readonly wrong: string;
  readonly right: string;
  readonly reason: string;
}

/** Invariants whose expression does not say what their text says. Mended where the wrong text stands, only there. */
export const expressionFaults: readonly ExpressionFault[] = [
  {
    key: 'que-7',
    wrong: "operator = 'exists' implies (answer is Boolean)",
    right: "operator = 'exists' implies (answer is boolean)",
    reason: 'Boolean is a type of FHIRPath; what FHIR has is boolean (mended in R4B)',
  },
  {
    key: 'que-12',
    wrong: 'enableWhen.count() > 2 implies enableBehavior.exists()',
    right: 'enableWhen.count() > 1 implies enableBehavior.exists()',
    reason: '"more than one" is above one, not above two (mended in R5)',
  },
  {
    key: 'tim-9',
    wrong: "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
    right: "offset.empty() or (when.exists() and when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())",
    reason: 'in takes one item, and there may be several events (mended in R5)',
  },
  {
    key: 'ras-2',
    wrong: 'probability is decimal implies (probability as decimal) <= 100',
    right: 'probability.empty() or ((probability is decimal) implies ((probability as decimal) <= 100))',
    reason: 'empty, hence failed, for a prediction without a probability',
  },
  {
    key: 'dom-3',
    wrong:
      "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()",
    right:
      "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(canonical) | %resource.descendants().ofType(uri) | %resource.descendants().ofType(url))) or descendants().where(reference = '#').exists() or descendants().where(ofType(canonical) = '#').exists() or descendants().where(ofType(uri) = '#').exists()).not()).trace('unmatched', id).empty()",
    reason:
      'as() takes one item, ofType() is meant; the last clause repeats canonical where uri is meant (R5)',
  },
];

/**
 * Invariants that yield nothing where what they compare is absent, though their text says no there: a search type is for
 * a parameter of type string, and not for one of no type. Nothing stands for no.
 */
export const silentInvariants: ReadonlySet<string> = new Set([
  'eld-3',
  'opd-2',
  'opd-3',
  'ras-1',
  'sdf-1',
  'sdf-5',
  'sdf-21',
  'tst-7',
  'tst-8',
  'tst-9',
  'vsd-9',
]);

/** @returns the structure with its known faults mended; the same object when it has none */
export function mendStructure(structure: StructureDefinition): StructureDefinition {
  const elements = structure.snapshot?.element;
  if (!elements) return structure;
  const values = valueFaults[structure.url ?? '']?.types.map((code) => ({ code }) as ElementType);
  const mended = elements.map((element) => {
    const isValue = values !== undefined && element.path === 'Extension.value[x]';
    return mendElement(isValue ? { ...element, type: values } : element);
  });
  return { ...structure, snapshot: { ...structure.snapshot, element: mended } };
}

function mendElement(element: ElementDefinition): ElementDefinition {
  const { type, constraint } = element;
  return {
    ...element,
    ...(type ? { type: type.map((one) => mendType(one, element.base?.path ?? element.path ?? '')) } : {}),
    ...(constraint ? { constraint: constraint.map(mendConstraint) } : {}),
  };
}

type ElementType = NonNullable<ElementDefinition['type']>[number];

/**
 * Ids, `Extension.url` and the values of primitives are typed with FHIRPath's system types, the FHIR type hidden in
 * an extension (which `Element.id` lacks in its own definition). The FHIR type takes its place.
 */
function mendType(type: ElementType, path: string): ElementType {
  if (!type.code?.startsWith(systemTypes)) return type;
  const stated = type.extension?.find(({ url }) => url === fhirType)?.valueUrl ?? 'string';
  const { extension, ...rest } = type;
  const others = extension?.filter(({ url }) => url !== fhirType) ?? [];
  return {
    ...(others.length > 0 ? { extension: others } : {}),
    ...rest,
    code: typeFaults[path]?.type ?? stated,
  };
}

type Constraint = NonNullable<ElementDefinition['constraint']>[number];

function mendConstraint(constraint: Constraint): Constraint {
  const fault = expressionFaults.find(
    ({ key, wrong }) => constraint.key === key && constraint.expression === wrong,
  );
  if (fault) return { ...constraint, expression: fault.right };
  return silentInvariants.has(constraint.key ?? '') && constraint.expression !== undefined
    ? { ...constraint, expression: `iif(${constraint.expression}, true, false)` }
    : constraint;
}
