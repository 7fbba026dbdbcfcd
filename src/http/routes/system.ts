/** Interactions on the whole system. https://hl7.org/fhir/R4/http.html#transaction */
import { batch } from '../../interactions/batch.ts';
import { type FhirRoute, resourceBody } from './fhir-route.ts';

export const systemRoutes: readonly FhirRoute[] = [
  {
    method: 'POST',
    path: '',
    interactions: ['transaction', 'batch'],
    body: resourceBody,
    handle: (services, context, { text, locator }) => batch(services, context, { text: text!, locator }),
  },
];
