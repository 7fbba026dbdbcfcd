/** Interactions on a resource type. https://hl7.org/fhir/R4/http.html */
import { create } from '../../interactions/create.ts';
import { deleteResource } from '../../interactions/delete.ts';
import { history } from '../../interactions/history.ts';
import { patchResource } from '../../interactions/patch.ts';
import { search } from '../../interactions/search.ts';
import { update } from '../../interactions/update.ts';
import {
  type FhirRoute,
  patchBody,
  patchOf,
  preconditions,
  resourceBody,
  writeHeaders,
} from './fhir-route.ts';

export const typeRoutes: readonly FhirRoute[] = [
  {
    method: 'GET',
    path: '/:type',
    interactions: ['search-type'],
    asynchronous: true,
    handle: (services, context, { type, query }) =>
      search(services, context, { type, parameters: query, method: 'GET' }),
  },
  {
    method: 'GET',
    path: '/:type/_history',
    interactions: ['history-type'],
    handle: (services, context, { type, query }) => history(services, context, { type, parameters: query }),
  },
  {
    method: 'POST',
    path: '/:type/_search',
    interactions: ['search-type'],
    asynchronous: true,
    body: { kind: 'form', required: false },
    handle: (services, context, { type, query }) =>
      search(services, context, { type, parameters: query, method: 'POST' }),
  },
  {
    method: 'POST',
    path: '/:type',
    interactions: ['create'],
    body: resourceBody,
    handle: (services, context, { type, text, locator, header }) =>
      create(services, context, {
        type,
        text: text!,
        locator,
        ifNoneExist: header('if-none-exist'),
        provenance: header('x-provenance'),
      }),
  },
  {
    // https://hl7.org/fhir/R4/http.html#cond-update
    method: 'PUT',
    path: '/:type',
    body: resourceBody,
    handle: (services, context, { type, query, text, locator, header }) =>
      update(services, context, { type, target: query, text: text!, locator, ...writeHeaders(header) }),
  },
  {
    method: 'PATCH',
    path: '/:type',
    body: patchBody,
    handle: (services, context, request) =>
      patchResource(services, context, {
        type: request.type,
        target: request.query,
        patch: patchOf(request),
        ...writeHeaders(request.header),
      }),
  },
  {
    method: 'DELETE',
    path: '/:type',
    handle: (services, context, { type, query, header }) =>
      deleteResource(services, context, { type, target: query, ...preconditions(header) }),
  },
];
