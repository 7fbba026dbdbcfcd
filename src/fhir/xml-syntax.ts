/** What reading and writing FHIR XML share: namespaces, and what of a type XML spells as an attribute. */
import type { TypeModel } from './model.ts';

export const fhirNamespace = 'http://hl7.org/fhir';
export const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

/** What follows the name of an element that is out of order, where JSON stands for XML. */
export const orderMark = '#order';

/**
 * Whether a property is an attribute in XML: `id` of everything but resources, and the url of extensions.
 * https://hl7.org/fhir/R4/xml.html
 */
export function isAttribute(type: TypeModel, property: string): boolean {
  return property === 'id' ? type.kind !== 'resource' : property === 'url' && type.name === 'Extension';
}
