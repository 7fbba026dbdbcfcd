/** The rules of single resource types that the validator brings along. */
import type { TypeRules } from '../type-rules.ts';
import { capabilityStatementRule } from './capability-statement.ts';
import { codeSystemRule } from './code-system.ts';
import { conceptMapRule } from './concept-map.ts';
import { groupRule } from './group.ts';
import { measureReportRule } from './measure-report.ts';
import { operationDefinitionRule } from './operation-definition.ts';
import { searchParameterRule } from './search-parameter.ts';
import { structureDefinitionRule } from './structure-definition.ts';
import { structureMapRule } from './structure-map.ts';
import { subscriptionRule } from './subscription.ts';
import { valueSetRule } from './value-set.ts';

export const ownRules: TypeRules = {
  CapabilityStatement: [capabilityStatementRule],
  CodeSystem: [codeSystemRule],
  ConceptMap: [conceptMapRule],
  Group: [groupRule],
  MeasureReport: [measureReportRule],
  OperationDefinition: [operationDefinitionRule],
  SearchParameter: [searchParameterRule],
  StructureDefinition: [structureDefinitionRule],
  StructureMap: [structureMapRule],
  Subscription: [subscriptionRule],
  ValueSet: [valueSetRule],
};
