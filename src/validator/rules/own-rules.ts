/** The rules of single resource types that the validator brings along. */
import type { TypeRules } from '../type-rules.ts';
import { codeSystemRule } from './code-system.ts';
import { conceptMapRule } from './concept-map.ts';
import { measureReportRule } from './measure-report.ts';
import { searchParameterRule } from './search-parameter.ts';
import { structureDefinitionRule } from './structure-definition.ts';
import { valueSetRule } from './value-set.ts';

export const ownRules: TypeRules = {
  CodeSystem: [codeSystemRule],
  ConceptMap: [conceptMapRule],
  MeasureReport: [measureReportRule],
  SearchParameter: [searchParameterRule],
  StructureDefinition: [structureDefinitionRule],
  ValueSet: [valueSetRule],
};
