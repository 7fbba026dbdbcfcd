/**
 * What of HL7's definitions goes into the compiled file: all that validation, search, terminology and the
 * CapabilityStatement read; prose, mappings and examples stay behind. Tables of what is kept.
 */
import type { Resource } from './resource.ts';
import { isObject } from './resource.ts';

const common = ['resourceType', 'id', 'url', 'version', 'name', 'title', 'status', 'extension'];

const kept: Readonly<Record<string, readonly string[]>> = {
  StructureDefinition: [
    ...common,
    ...['fhirVersion', 'kind', 'abstract', 'context', 'contextInvariant', 'type', 'baseDefinition'],
    ...['derivation', 'snapshot'],
  ],
  SearchParameter: [
    ...common,
    ...['code', 'base', 'type', 'expression', 'target', 'multipleOr', 'multipleAnd', 'comparator'],
    ...['modifier', 'chain', 'component'],
  ],
  OperationDefinition: [
    ...common,
    ...['kind', 'code', 'affectsState', 'resource', 'system', 'type', 'instance', 'parameter'],
  ],
  CodeSystem: [
    ...common,
    ...['caseSensitive', 'valueSet', 'hierarchyMeaning', 'compositional', 'versionNeeded', 'content'],
    ...['supplements', 'count', 'filter', 'property', 'concept'],
  ],
  ValueSet: [...common, 'compose', 'expansion'],
};

/** Of an element: what restricts, names or marks it. */
const elementKept: ReadonlySet<string> = new Set([
  ...['id', 'path', 'sliceName', 'sliceIsConstraining', 'slicing', 'short', 'min', 'max', 'base', 'type'],
  ...['contentReference', 'maxLength', 'binding', 'constraint', 'isModifier', 'mustSupport', 'isSummary'],
  ...['representation', 'extension'],
]);

/** `fixedUri`, `patternCodeableConcept`, `minValueDate`, … */
const elementKeptPrefixes = /^_?(fixed|pattern|minValue|maxValue)[A-Z]/;

/** Prose inside what is kept. */
const dropped: ReadonlySet<string> = new Set([
  ...[
    'xpath',
    'description',
    'definition',
    'designation',
    'requirements',
    'documentation',
    'text',
    'comment',
  ],
]);

/** Extensions that a check reads (the last two mark expansions that leave codes out); the others describe the standard's own state. */
const keptExtensions: ReadonlySet<string> = new Set([
  'http://hl7.org/fhir/StructureDefinition/regex',
  'http://hl7.org/fhir/StructureDefinition/operationdefinition-allowed-type',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type',
  'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice',
  'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet',
  'http://hl7.org/fhir/StructureDefinition/elementdefinition-minValueSet',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-hierarchy',
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status',
  'http://hl7.org/fhir/StructureDefinition/valueset-toocostly',
  'http://hl7.org/fhir/StructureDefinition/valueset-unclosed',
]);

/** @returns a copy of a definition of HL7's with what is read of it */
export function trimDefinition(resource: Resource): Resource {
  const members = kept[resource.resourceType];
  if (!members) return resource;
  const trimmed: Record<string, unknown> = {};
  for (const member of members) {
    if (resource[member] === undefined) continue;
    const value = trimMember(member, resource[member]);
    if (value !== undefined) trimmed[member] = value;
  }
  return trimmed as Resource;
}

function trimMember(member: string, value: unknown): unknown {
  if (member === 'snapshot') return trimSnapshot(value);
  if (member === 'concept') return trimConcepts(value);
  // The `definition` of a component is no prose but the parameter it stands for.
  return member === 'component' ? value : trimValue(member, value);
}

function trimSnapshot(snapshot: unknown): unknown {
  const elements = isObject(snapshot) && Array.isArray(snapshot.element) ? snapshot.element : [];
  return { element: elements.map(trimElement) };
}

/** The concepts of a code system keep what they are called in other words and languages: any of it may be a display. */
function trimConcepts(concepts: unknown): unknown {
  return (Array.isArray(concepts) ? concepts : []).map(({ designation, concept, ...own }) => ({
    ...(trimValue('', own) as object),
    ...(designation && { designation: designation.map(({ value }: { value?: string }) => ({ value })) }),
    ...(concept && { concept: trimConcepts(concept) }),
  }));
}

function trimElement(element: Record<string, unknown>): Record<string, unknown> {
  const trimmed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(element)) {
    // Fixed and pattern values are part of the rule, to the last member.
    if (elementKeptPrefixes.test(name)) trimmed[name] = value;
    else if (elementKept.has(name) && !isDefault(name, value)) {
      const rest = trimValue(name, value);
      if (rest !== undefined) trimmed[name] = rest;
    }
  }
  return trimmed;
}

/** Flags that are absent say the same as flags that are false. */
function isDefault(name: string, value: unknown): boolean {
  return value === false && (name === 'isModifier' || name === 'isSummary' || name === 'mustSupport');
}

function trimValue(name: string, value: unknown): unknown {
  if (name === 'extension') {
    const rest = (value as { url?: string }[]).filter(({ url }) => keptExtensions.has(url ?? ''));
    return rest.length > 0 ? rest : undefined;
  }
  if (Array.isArray(value)) return value.map((item) => trimValue('', item));
  if (!isObject(value)) return value;
  const trimmed: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (dropped.has(key)) continue;
    const rest = trimValue(key, member);
    if (rest !== undefined) trimmed[key] = rest;
  }
  return trimmed;
}
