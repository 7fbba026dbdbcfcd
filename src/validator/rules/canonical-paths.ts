/**
 * The elements of definitions that hold canonical URLs, by resource type, with the types of resources that each may
 * lead to, and the types that profiles among them are of.
 * https://hl7.org/fhir/R4/references.html#canonical
 */

export const canonicalPaths: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ActivityDefinition: {
    'ActivityDefinition.library': ['Library'],
    'ActivityDefinition.profile': ['StructureDefinition'],
    'ActivityDefinition.transform': ['StructureMap'],
  },
  CapabilityStatement: {
    'CapabilityStatement.document.profile': ['StructureDefinition'],
    'CapabilityStatement.implementationGuide': ['ImplementationGuide'],
    'CapabilityStatement.imports': ['CapabilityStatement'],
    'CapabilityStatement.instantiates': ['CapabilityStatement'],
    'CapabilityStatement.messaging.supportedMessage.definition': ['MessageDefinition'],
    'CapabilityStatement.rest.compartment': ['CompartmentDefinition'],
    'CapabilityStatement.rest.operation.definition': ['OperationDefinition'],
    'CapabilityStatement.rest.resource.operation.definition': ['OperationDefinition'],
    'CapabilityStatement.rest.resource.profile': ['StructureDefinition'],
    'CapabilityStatement.rest.resource.searchParam.definition': ['SearchParameter'],
    'CapabilityStatement.rest.resource.supportedProfile': ['StructureDefinition'],
    'CapabilityStatement.rest.searchParam.definition': ['SearchParameter'],
  },
  CodeSystem: {
    'CodeSystem.supplements': ['CodeSystem'],
    'CodeSystem.valueSet': ['ValueSet'],
  },
  ConceptMap: {
    'ConceptMap.group.unmapped.url': ['ConceptMap'],
    'ConceptMap.sourceCanonical': ['ValueSet'],
    'ConceptMap.sourceUri': ['ValueSet'],
    'ConceptMap.targetCanonical': ['ValueSet'],
    'ConceptMap.targetUri': ['ValueSet'],
  },
  GraphDefinition: {
    'GraphDefinition.link.target.profile': ['StructureDefinition'],
    'GraphDefinition.profile': ['StructureDefinition'],
  },
  ImplementationGuide: {
    'ImplementationGuide.definition.resource.exampleCanonical': ['StructureDefinition'],
    'ImplementationGuide.dependsOn.uri': ['ImplementationGuide'],
    'ImplementationGuide.global.profile': ['StructureDefinition'],
  },
  Library: {
    'Library.dataRequirement.codeFilter.valueSet': ['ValueSet'],
    'Library.dataRequirement.profile': ['StructureDefinition'],
    'Library.parameter.profile': ['StructureDefinition'],
  },
  Measure: {
    'Measure.library': ['Library'],
  },
  MeasureReport: {
    'MeasureReport.measure': ['Measure'],
  },
  MessageDefinition: {
    'MessageDefinition.allowedResponse.message': ['MessageDefinition'],
    'MessageDefinition.base': ['MessageDefinition'],
    'MessageDefinition.focus.profile': ['StructureDefinition'],
    'MessageDefinition.graph': ['GraphDefinition'],
    'MessageDefinition.parent': ['ActivityDefinition', 'PlanDefinition'],
    'MessageDefinition.replaces': ['MessageDefinition'],
  },
  OperationDefinition: {
    'OperationDefinition.base': ['OperationDefinition'],
    'OperationDefinition.inputProfile': ['StructureDefinition'],
    'OperationDefinition.outputProfile': ['StructureDefinition'],
    'OperationDefinition.parameter.binding.valueSet': ['ValueSet'],
    'OperationDefinition.parameter.part.binding.valueSet': ['ValueSet'],
    'OperationDefinition.parameter.part.targetProfile': ['StructureDefinition'],
    'OperationDefinition.parameter.targetProfile': ['StructureDefinition'],
  },
  PlanDefinition: {
    'PlanDefinition.action.definitionCanonical': ['ActivityDefinition', 'PlanDefinition', 'Questionnaire'],
    'PlanDefinition.action.input.profile': ['StructureDefinition'],
    'PlanDefinition.action.output.profile': ['StructureDefinition'],
    'PlanDefinition.action.transform': ['StructureMap'],
    'PlanDefinition.library': ['Library'],
  },
  Questionnaire: {
    'Questionnaire.derivedFrom': ['Questionnaire'],
    'Questionnaire.item.answerValueSet': ['ValueSet'],
  },
  QuestionnaireResponse: {
    'QuestionnaireResponse.questionnaire': ['Questionnaire'],
  },
  SearchParameter: {
    'SearchParameter.component.definition': ['SearchParameter'],
    'SearchParameter.derivedFrom': ['SearchParameter'],
  },
  StructureDefinition: {
    'StructureDefinition.baseDefinition': ['StructureDefinition'],
  },
  StructureMap: {
    'StructureMap.import': ['StructureMap'],
    'StructureMap.structure.url': ['StructureDefinition'],
  },
  TestScript: {
    'TestScript.metadata.capability.capabilities': ['CapabilityStatement'],
  },
  ValueSet: {
    'ValueSet.compose.exclude.valueSet': ['ValueSet'],
    'ValueSet.compose.include.valueSet': ['ValueSet'],
  },
};

export type Holder = Readonly<Record<string, unknown>>;

/** What the profile of an element is of, told by its neighbours or by its definition. */
export const profiledTypes: Readonly<Record<string, (holder: Holder) => unknown>> = {
  'ActivityDefinition.profile': ({ kind }) => kind,
  'CapabilityStatement.document.profile': () => 'Bundle',
  'GraphDefinition.link.target.profile': ({ type }) => type,
  'GraphDefinition.profile': ({ start }) => start,
  'ImplementationGuide.global.profile': ({ type }) => type,
  'Library.dataRequirement.profile': ({ type }) => type,
  'Library.parameter.profile': ({ type }) => type,
  'MessageDefinition.focus.profile': ({ code }) => code,
  'OperationDefinition.inputProfile': () => 'Parameters',
  'OperationDefinition.outputProfile': () => 'Parameters',
  'PlanDefinition.action.input.profile': ({ type }) => type,
  'PlanDefinition.action.output.profile': ({ type }) => type,
};
