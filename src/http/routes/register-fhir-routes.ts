/**
 * From a row of the table of interactions to a route of the web framework: what is checked before an interaction
 * runs, whichever it is.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refuse } from '../../core/fhir-error.ts';
import type { RequestContext, Services } from '../../interactions/interaction.ts';
import { everyMember } from '../../search/compartment.ts';
import { answerFormat } from '../answer-format.ts';
import { wantedContent } from '../binary-content.ts';
import type { SubmittedBody } from '../plugins/body-parsers.ts';
import { concerningContent, lastValue, requestQuery } from '../query.ts';
import { sendContent, sendResult } from '../reply.ts';
import { type BaseUrlOptions, basePath, baseUrlOf, readPreferences } from '../request-context.ts';
import { isName, type PathParameters } from '../route-pattern.ts';
import type { FhirRoute, InteractionCode } from './fhir-route.ts';

export interface RouteOptions {
  readonly services: Services;
  readonly baseUrl: BaseUrlOptions;
  /** Whether searches say how they were answered, to those who ask with `X-Explain: true`. */
  readonly explain: boolean;
  /** Explains why there is nothing at a URL. */
  readonly unrouted: (method: string, url: string) => Error;
}

export function registerFhirRoutes(
  app: FastifyInstance,
  routes: readonly FhirRoute[],
  options: RouteOptions,
): void {
  const { model } = options.services.registry;
  for (const route of routes) {
    app.route<{ Params: PathParameters }>({
      method: route.method,
      url: `${basePath}${route.path}`,
      config: { open: route.open ?? false },
      handler: async (request, reply) => {
        const { type = '', id = '', version = '', member = '' } = request.params;
        requireName(options, request, type, id);
        if (member !== '') requireCompartment(options, request, type, member);
        const body = submittedBody(route, request.body as SubmittedBody | undefined);
        const query = requestQuery(request.url, body);
        // What a Binary holds may be in any format.
        const isContent = type === 'Binary' && (route.interactions?.some(readsOne) ?? false);
        const ownFormat = isContent && lastValue(query, '_format') === undefined;
        const format = ownFormat ? undefined : answerFormat(query, request.headers.accept, route.views);
        const context: RequestContext = {
          baseUrl: baseUrlOf(options.baseUrl, request.protocol, request.host),
          ...readPreferences(textHeader(request, 'prefer')),
          ...(format?.view === undefined ? {} : { view: format.view }),
          explain: options.explain && textHeader(request, 'x-explain') === 'true',
        };
        const result = await route.handle(options.services, context, {
          type,
          id,
          version,
          member,
          query: concerningContent(query),
          text: body?.kind === 'form' ? undefined : body?.text,
          kind: body?.kind,
          locator: body?.locator,
          header: (name) => textHeader(request, name),
        });
        const content =
          ownFormat && result.status === 200
            ? wantedContent(String(result.body), request.headers.accept)
            : undefined;
        if (content) return sendContent(reply, result, content);
        return sendResult(
          reply,
          result,
          context,
          format ?? answerFormat(query, request.headers.accept),
          model,
        );
      },
    });
  }
}

const readsOne = (code: InteractionCode): boolean => code === 'read' || code === 'vread';

/** `Patient` must be a type; `_search` or `$nothing` in the place of an id is no id but an unknown path. */
function requireName(options: RouteOptions, request: FastifyRequest, type: string, id: string): void {
  const isKnown = type === '' || options.services.registry.isResourceType(type);
  if (!isKnown || isName(id)) throw options.unrouted(request.method, request.url);
}

/** `Patient/1/Observation`, `Encounter/1/*`: of the types that are compartments, types that there are. */
function requireCompartment(
  options: RouteOptions,
  request: FastifyRequest,
  type: string,
  member: string,
): void {
  const { registry } = options.services;
  const isMember = member === everyMember || registry.isResourceType(member);
  if (isMember && registry.compartments.has(type)) return;
  throw options.unrouted(request.method, request.url);
}

function submittedBody(route: FhirRoute, body: SubmittedBody | undefined): SubmittedBody | undefined {
  if (route.body === undefined) return undefined;
  if (body === undefined) {
    if (route.body.required) throw refuse('malformed-request', 'The request has no body');
    return undefined;
  }
  if (body.kind !== route.body.kind && body.kind !== route.body.or) {
    throw refuse('unsupported-media-type', 'The body has a Content-Type that is not taken at this URL', {
      hint: route.body.kind === 'form' ? 'application/x-www-form-urlencoded' : 'application/fhir+json',
    });
  }
  return body;
}

/** A header that FHIR defines as one value; given repeatedly, its values are one list. */
function textHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
