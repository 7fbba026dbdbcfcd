/**
 * The launch contexts of a form as variables. The subject stands in for a patient who is not given.
 * https://hl7.org/fhir/uv/sdc/StructureDefinition-sdc-questionnaire-launchContext.html
 */
import { isObject, objectsOf } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import { formFinding } from '../finding.ts';
import { choiceOf } from '../form.ts';
import { type Json, type Population, sdc } from './population.ts';

type Contexts = Readonly<Record<string, readonly TypedValue[]>>;

export async function launchContexts(form: Json, population: Population): Promise<Contexts> {
  const { contexts = {}, subject } = population.input;
  const known: Record<string, readonly TypedValue[]> = {};
  for (const [name, content] of Object.entries(contexts)) {
    known[name] = [content].flat().map((resource) => ({ type: resource.resourceType, value: resource }));
  }
  const reference = subject?.reference;
  if (!known.patient && typeof reference === 'string' && /(?:^|\/)Patient\//.test(reference)) {
    const patient = await population.reader.read(reference);
    if (patient) known.patient = [{ type: patient.resourceType, value: patient }];
  }
  for (const name of declaredNames(form)) {
    // Whoever fills in the form can go on without; expressions that name it have no value.
    if (!known[name]) population.issues.push(formFinding('populate-context', 'Questionnaire'));
    known[name] ??= [];
  }
  return known;
}

function declaredNames(form: Json): string[] {
  return objectsOf(form.extension)
    .filter(({ url }) => url === `${sdc}launchContext`)
    .flatMap(({ extension }) => {
      const name = objectsOf(extension).find(({ url }) => url === 'name');
      const value = name && choiceOf(name, 'value')?.value;
      const text = isObject(value) ? value.code : value;
      return typeof text === 'string' ? [text] : [];
    });
}
