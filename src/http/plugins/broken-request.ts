/**
 * What is so broken that no request comes of it: bad syntax, too large a header, a client that never finishes.
 * https://nodejs.org/api/http.html#event-clienterror
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { refuse } from '../../core/fhir-error.ts';
import { operationOutcome } from '../../fhir/operation-outcome.ts';
import { fhirJson } from '../answer-format.ts';
import { refusalOf } from '../failures.ts';

export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, issues } = refusalOf(error) ?? refuse('malformed-request', 'The request is not HTTP');
  const body = JSON.stringify(operationOutcome(issues));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Content-Type: ${fhirJson}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
