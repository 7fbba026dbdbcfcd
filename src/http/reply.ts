/**
 * The one place that renders a Result, and the one that renders a refusal.
 * https://hl7.org/fhir/R4/http.html#general
 */
import type { FastifyReply } from 'fastify';
import type { FhirError } from '../core/fhir-error.ts';
import { prettyPrint } from '../fhir/json-pretty.ts';
import type { Model } from '../fhir/model.ts';
import { operationOutcome } from '../fhir/operation-outcome.ts';
import { writeXml } from '../fhir/xml-writer.ts';
import type { RequestContext, Result } from '../interactions/interaction.ts';
import type { AnswerFormat } from './answer-format.ts';
import type { Content } from './binary-content.ts';

/** Answers with the headers and the body of a result, as the client prefers it. */
export function sendResult(
  reply: FastifyReply,
  result: Result,
  context: Pick<RequestContext, 'preferReturn'>,
  format: AnswerFormat,
  model: Model,
): FastifyReply {
  setHeaders(reply, result);
  const body = bodyOf(result, context.preferReturn);
  if (body === undefined) return reply.send();
  if (body === result.body && result.location !== undefined)
    reply.header('content-location', result.location);
  return sendBody(reply, body, format, model);
}

/** Answers with what a Binary holds. */
export function sendContent(reply: FastifyReply, result: Result, content: Content): FastifyReply {
  const { contentType, bytes, securityContext } = content;
  setHeaders(reply, result);
  if (securityContext !== undefined) reply.header('x-security-context', securityContext);
  return reply.header('content-type', contentType).send(bytes);
}

function setHeaders(reply: FastifyReply, result: Result): void {
  const { status, cache, version, updated, location, contentLocation, headers } = result;
  reply.code(status).header('x-cache', cache ?? 'bypass');
  if (version !== undefined) reply.header('etag', `W/"${version}"`);
  if (updated !== undefined) reply.header('last-modified', new Date(updated).toUTCString());
  if (location !== undefined) reply.header('location', location);
  if (contentLocation !== undefined) reply.header('content-location', contentLocation);
  if (headers) reply.headers(headers);
}

/** Answers with an OperationOutcome. */
export function sendError(
  reply: FastifyReply,
  error: FhirError,
  format: AnswerFormat,
  model: Model,
): FastifyReply {
  reply.code(error.status).headers(error.headers);
  return sendBody(reply, JSON.stringify(operationOutcome(error.issues)), format, model);
}

/** @param json text of a resource */
function sendBody(
  reply: FastifyReply,
  json: string | Buffer,
  { syntax, contentType, pretty }: AnswerFormat,
  model: Model,
): FastifyReply {
  reply.header('content-type', contentType);
  if (syntax === 'xml') return reply.send(writeXml(model, json.toString(), { pretty }));
  return reply.send(pretty ? prettyPrint(json.toString()) : json);
}

function bodyOf(result: Result, preferReturn: RequestContext['preferReturn']): string | Buffer | undefined {
  const { status, body, issues, location } = result;
  if (status === 202 || status === 204 || status === 304) return undefined;
  // Only a write has a location, and only its answer is the client's to choose.
  if (location !== undefined && preferReturn === 'minimal') return undefined;
  if (body === undefined || (location !== undefined && preferReturn === 'OperationOutcome')) {
    return JSON.stringify(operationOutcome(issues ?? []));
  }
  return body;
}
