/** Interactions on the whole system. https://hl7.org/fhir/R4/http.html#transaction */
import { batch, type Dispatch } from '../../interactions/batch.ts';
import { history } from '../../interactions/history.ts';
import { search } from '../../interactions/search.ts';
import { type FhirRoute, resourceBody } from './fhir-route.ts';

/** @param dispatch carries out the entries of a batch */
export function systemRoutes(dispatch: Dispatch): readonly FhirRoute[] {
  return [
    {
      // https://hl7.org/fhir/R4/http.html#search
      method: 'GET',
      path: '',
      interactions: ['search-system'],
      asynchronous: true,
      handle: (services, context, { query }) =>
        search(services, context, { type: '', parameters: query, method: 'GET' }),
    },
    {
      method: 'POST',
      path: '/_search',
      interactions: ['search-system'],
      asynchronous: true,
      body: { kind: 'form', required: false },
      handle: (services, context, { query }) =>
        search(services, context, { type: '', parameters: query, method: 'POST' }),
    },
    {
      method: 'GET',
      path: '/_history',
      interactions: ['history-system'],
      handle: (services, context, { query }) => history(services, context, { parameters: query }),
    },
    {
      method: 'POST',
      path: '',
      interactions: ['transaction', 'batch'],
      asynchronous: true,
      body: resourceBody,
      handle: (services, context, { text, locator }) =>
        batch(services, context, { text: text!, locator, dispatch }),
    },
  ];
}
