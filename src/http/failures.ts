/**
 * What went wrong, as a refusal: the errors of the web framework and of its plugins translated, everything unknown
 * logged and answered without detail.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FhirError, refuse } from '../core/fhir-error.ts';
import type { Log } from '../core/log.ts';
import type { RefusalKey } from '../core/refusals.ts';
import type { Model } from '../fhir/model.ts';
import { type AnswerFormat, answerFormat, defaultFormat } from './answer-format.ts';
import type { SubmittedBody } from './plugins/body-parsers.ts';
import { requestQuery } from './query.ts';
import { sendError } from './reply.ts';

interface ForeignError {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly name?: unknown;
  readonly stack?: unknown;
}

const refusalOfCode: Readonly<Record<string, readonly [RefusalKey, string]>> = {
  FST_ERR_BAD_URL: ['malformed-request', 'The URL is not well-formed'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'The body is larger than this server takes'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'The Content-Type is not well-formed'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed-request', 'The body is not as long as Content-Length says'],
  FST_CP_ERR_INVALID_CONTENT_ENCODING: [
    'unsupported-media-type',
    'The Content-Encoding is none of gzip, deflate, br, zstd',
  ],
  FST_CP_ERR_INVALID_CONTENT: ['malformed-request', 'The body is not in its Content-Encoding'],
  HPE_HEADER_OVERFLOW: ['malformed-request', 'The header of the request is too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['malformed-request', 'The request did not arrive in time'],
};

const refusalOfStatus: Readonly<Record<number, readonly [RefusalKey, string]>> = {
  413: ['too-large', 'The body is larger than this server takes'],
  415: ['unsupported-media-type', 'The body has a type or an encoding that this server does not take'],
  429: ['too-many-requests', 'Too many requests; try again later'],
};

/** The refusal an error stands for; undefined when it is a fault of the server. */
export function refusalOf(error: unknown): FhirError | undefined {
  if (error instanceof FhirError) return error;
  const { code, statusCode } = (error ?? {}) as ForeignError;
  const known =
    (typeof code === 'string' && Object.hasOwn(refusalOfCode, code) ? refusalOfCode[code] : undefined) ??
    (typeof statusCode === 'number' ? refusalOfStatus[statusCode] : undefined);
  if (known) return refuse(...known);
  const isClients = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return isClients ? refuse('malformed-request', 'The request is not well-formed') : undefined;
}

/**
 * The catcher of every route.
 * @param model for answers in XML
 * @param log takes what is no refusal: the kind of error and where it came from. Its message stays out, since the
 *   messages of a database or a parser may quote a patient's data.
 */
export function createErrorHandler(log: Log, model: Model) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = refusalOf(error);
    const format = formatFor(request);
    if (refusal) return sendError(reply, refusal, format, model);
    const route = request.routeOptions.url ?? 'unrouted';
    log.error({ requestId: request.id, method: request.method, route, ...faultOf(error) }, 'failed');
    return sendError(
      reply,
      refuse('internal-error', 'The server failed; the request id names the entry in its log', {
        hint: `X-Request-Id: ${request.id}`,
      }),
      format,
      model,
    );
  };
}

/** What an error says to whoever comes back for an answer; logged when it is a fault of the server. */
export function createJobRefusals(log: Log) {
  return (error: unknown): FhirError => {
    const refusal = refusalOf(error);
    if (refusal) return refusal;
    log.error(faultOf(error), 'failed while nobody waited');
    return refuse('internal-error', 'The server failed');
  };
}

/** What the log is told of an error. */
function faultOf(error: unknown) {
  const { name, code, stack } = (error ?? {}) as ForeignError;
  return { name, code, at: framesOf(stack) };
}

/** The format that was asked for, unless it is what was wrong with the request. */
function formatFor({ url, body, headers }: FastifyRequest): AnswerFormat {
  try {
    return answerFormat(requestQuery(url, body as SubmittedBody | undefined), headers.accept);
  } catch {
    return defaultFormat;
  }
}

function framesOf(stack: unknown): string[] {
  return String(stack)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
