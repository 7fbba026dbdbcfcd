/** What operations need to be answered: input that is right for each, and resources that they may be asked of. */
import type { OperationLevel } from '../../src/operations/operation.ts';

interface Parameters {
  readonly resourceType: 'Parameters';
  readonly parameter?: readonly object[];
}

const parameters = (...parameter: object[]): Parameters => ({ resourceType: 'Parameters', parameter });
const meta = parameters({
  name: 'meta',
  valueMeta: { tag: [{ system: 'http://example.org', code: 'asked' }] },
});
const subject = { name: 'subject', valueString: 'Patient/asked' };

const form = { resourceType: 'Questionnaire', id: 'form', status: 'active' };
const response = {
  resourceType: 'QuestionnaireResponse',
  contained: [form],
  questionnaire: '#form',
  status: 'completed',
};

const inputs: Readonly<Record<string, (type: string, level: OperationLevel) => object>> = {
  apply(resourceType, level) {
    const name = resourceType.charAt(0).toLowerCase() + resourceType.slice(1);
    const definition = { name, resource: { resourceType, status: 'draft' } };
    return level === 'instance' ? parameters(subject) : parameters(subject, definition);
  },
  populate(_, level) {
    const about = { name: 'subject', valueReference: { reference: 'Patient/asked' } };
    return level === 'instance'
      ? parameters(about)
      : parameters(about, { name: 'questionnaire', resource: form });
  },
  extract: (_, level) =>
    level === 'instance' ? parameters() : parameters({ name: 'questionnaire-response', resource: response }),
  validate: (resourceType) => ({ resourceType, id: 'asked' }),
  'meta-add': () => meta,
  'meta-delete': () => meta,
};

/** Input of an operation; empty Parameters where nothing is required. */
export function operationInput(name: string, type: string, level: OperationLevel): object {
  return inputs[name]?.(type, level) ?? { resourceType: 'Parameters' };
}

const stored: Readonly<Record<string, object>> = {
  QuestionnaireResponse: response,
  // That of a whole course: only there does the protocol say anything.
  Procedure: {
    code: { coding: [{ system: 'https://w3id.org/kat-fhir/CodeSystem/kat-session-type', code: 'course' }] },
  },
  Questionnaire: { url: definitionUrl('Questionnaire'), status: 'active' },
  PlanDefinition: { url: definitionUrl('PlanDefinition') },
  ActivityDefinition: { url: definitionUrl('ActivityDefinition') },
};

/** A resource that the operations of its type can be asked of. */
export function askedResource(resourceType: string, id: string): object {
  return { ...stored[resourceType], resourceType, id };
}

/** Definitions are found by their url. */
export function definitionUrl(type: string): string {
  return `http://example.org/${type}/asked`;
}
