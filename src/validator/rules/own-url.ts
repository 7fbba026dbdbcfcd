/**
 * The URL by which a definition is known: an absolute one.
 * https://hl7.org/fhir/R4/metadataresource.html#url
 */
import { isAbsolute } from '../checks/url.ts';
import { ruleIssue } from '../finding.ts';
import type { TypeRule, TypeRules } from '../type-rules.ts';

/** The resource types that are known by a URL of their own. */
const types = [
  'ActivityDefinition',
  'CapabilityStatement',
  'ChargeItemDefinition',
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'EffectEvidenceSynthesis',
  'EventDefinition',
  'Evidence',
  'EvidenceVariable',
  'ExampleScenario',
  'GraphDefinition',
  'ImplementationGuide',
  'Library',
  'Measure',
  'MessageDefinition',
  'OperationDefinition',
  'PlanDefinition',
  'Questionnaire',
  'ResearchDefinition',
  'ResearchElementDefinition',
  'RiskEvidenceSynthesis',
  'SearchParameter',
  'StructureDefinition',
  'StructureMap',
  'TerminologyCapabilities',
  'TestScript',
  'ValueSet',
];

const ownUrlRule: TypeRule = ({ resourceType, url }) =>
  typeof url !== 'string' || isAbsolute(url) ? [] : [ruleIssue('own-url-relative', `${resourceType}.url`)];

export const ownUrlRules: TypeRules = Object.fromEntries(types.map((type) => [type, [ownUrlRule]]));
