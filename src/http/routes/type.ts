/** Interactions on a resource type. https://hl7.org/fhir/R4/http.html */
import { create } from '../../interactions/create.ts';
import { search } from '../../interactions/search.ts';
import { validateResource } from '../../interactions/validate.ts';
import { type FhirRoute, resourceBody } from './fhir-route.ts';

export const validateOperation = {
  code: 'validate',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
} as const;

export const typeRoutes: readonly FhirRoute[] = [
  {
    method: 'GET',
    path: '/:type',
    interactions: ['search-type'],
    handle: (services, context, { type, query }) =>
      search(services, context, { type, parameters: query, method: 'GET' }),
  },
  {
    method: 'POST',
    path: '/:type/_search',
    interactions: ['search-type'],
    body: { kind: 'form', required: false },
    handle: (services, context, { type, query }) =>
      search(services, context, { type, parameters: query, method: 'POST' }),
  },
  {
    method: 'POST',
    path: '/:type',
    interactions: ['create'],
    body: resourceBody,
    handle: (services, context, { type, text, locator, header }) => {
      const ifNoneExist = header('if-none-exist');
      return create(services, context, {
        type,
        text: text!,
        locator,
        ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
      });
    },
  },
  {
    method: 'POST',
    path: '/:type/$validate',
    operation: validateOperation,
    body: resourceBody,
    handle: (services, context, { type, query, text, locator }) =>
      validateResource(services, context, { type, parameters: query, text: text!, locator }),
  },
];
