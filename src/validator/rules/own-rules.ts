/** The rules of single resource types that the validator brings along. */
import type { TypeRules } from '../type-rules.ts';
import { codeSystemRule } from './code-system.ts';
import { measureReportRule } from './measure-report.ts';
import { structureDefinitionRule } from './structure-definition.ts';
import { valueSetRule } from './value-set.ts';

export const ownRules: TypeRules = {
  CodeSystem: [codeSystemRule],
  MeasureReport: [measureReportRule],
  StructureDefinition: [structureDefinitionRule],
  ValueSet: [valueSetRule],
};
