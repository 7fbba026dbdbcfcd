/** Interactions on one resource. https://hl7.org/fhir/R4/http.html */
import { deleteResource } from '../../interactions/delete.ts';
import { history } from '../../interactions/history.ts';
import { patchResource } from '../../interactions/patch.ts';
import { read } from '../../interactions/read.ts';
import { readVersion } from '../../interactions/read-version.ts';
import { search } from '../../interactions/search.ts';
import { update } from '../../interactions/update.ts';
import { everyMember } from '../../search/compartment.ts';
import {
  type FhirRequest,
  type FhirRoute,
  patchBody,
  patchOf,
  preconditions,
  resourceBody,
  writeHeaders,
} from './fhir-route.ts';

export const instanceRoutes: readonly FhirRoute[] = [
  {
    method: 'GET',
    path: '/:type/:id',
    interactions: ['read'],
    handle: (services, context, { type, id, query, header }) =>
      read(services, context, { type, id, parameters: query, ...readConditions(header) }),
  },
  {
    method: 'GET',
    path: '/:type/:id/_history/:version',
    interactions: ['vread'],
    handle: (services, context, { type, id, version, query }) =>
      readVersion(services, context, { type, id, version, parameters: query }),
  },
  {
    method: 'GET',
    path: '/:type/:id/_history',
    interactions: ['history-instance'],
    handle: (services, context, { type, id, query }) =>
      history(services, context, { type, id, parameters: query }),
  },
  {
    // https://hl7.org/fhir/R4/http.html#vsearch
    method: 'GET',
    path: '/:type/:id/:member',
    asynchronous: true,
    handle: (services, context, request) =>
      search(services, context, { ...withinCompartment(request), method: 'GET' }),
  },
  {
    method: 'POST',
    path: '/:type/:id/:member/_search',
    asynchronous: true,
    body: { kind: 'form', required: false },
    handle: (services, context, request) =>
      search(services, context, { ...withinCompartment(request), method: 'POST' }),
  },
  {
    method: 'PUT',
    path: '/:type/:id',
    interactions: ['update'],
    body: resourceBody,
    handle: (services, context, { type, id, text, locator, header }) =>
      update(services, context, { type, target: id, text: text!, locator, ...writeHeaders(header) }),
  },
  {
    method: 'PATCH',
    path: '/:type/:id',
    interactions: ['patch'],
    body: patchBody,
    handle: (services, context, request) =>
      patchResource(services, context, {
        type: request.type,
        target: request.id,
        patch: patchOf(request),
        ...writeHeaders(request.header),
      }),
  },
  {
    method: 'DELETE',
    path: '/:type/:id',
    interactions: ['delete'],
    handle: (services, context, { type, id, header }) =>
      deleteResource(services, context, { type, target: id, ...preconditions(header) }),
  },
];

/** `Patient/1/*` means all that belongs to the patient. */
function withinCompartment({ type, id, member, query }: FhirRequest) {
  return { type: member === everyMember ? '' : member, compartment: { type, id }, parameters: query };
}

type Header = FhirRequest['header'];

/** https://hl7.org/fhir/R4/http.html#cread */
function readConditions(header: Header): { ifNoneMatch?: string; ifModifiedSince?: number } {
  const ifNoneMatch = header('if-none-match');
  const since = header('if-modified-since');
  const ifModifiedSince = since === undefined ? Number.NaN : Date.parse(since);
  return {
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    // A date that cannot be read is to be ignored: RFC 9110, section 13.1.3.
    ...(Number.isNaN(ifModifiedSince) ? {} : { ifModifiedSince }),
  };
}
