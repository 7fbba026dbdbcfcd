/** Sends resources to a FHIR server. https://hl7.org/fhir/R4/http.html */
import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Issue } from '../core/issue.ts';

export interface FhirAnswer {
  readonly status: number;
  /** Parsed; undefined when there is none or it is not JSON. */
  readonly body: unknown;
}

export interface FhirClient {
  /** @throws ServerUnreachable when no answer came */
  send(method: 'POST' | 'PUT', path: string, body: string): Promise<FhirAnswer>;
}

export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
}

/** @param baseUrl of the FHIR endpoint, with or without a slash at the end */
export function createFhirClient(baseUrl: string, token: string | undefined): FhirClient {
  const base = baseUrl.replace(/\/+$/, '');
  const headers = {
    'Content-Type': 'application/fhir+json',
    Accept: 'application/fhir+json',
    Prefer: 'return=minimal',
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  return {
    async send(method, path, body) {
      try {
        const response = await fetch(path === '' ? base : `${base}/${path}`, { method, headers, body });
        return { status: response.status, body: parse(await response.text()) };
      } catch (error) {
        const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
        throw new ServerUnreachable(`No answer from ${base} (${cause})`);
      }
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const positionUrl = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue';

/** The issues of an OperationOutcome; an answer without any says only its status. */
export function issuesOfAnswer(answer: FhirAnswer): Issue[] {
  const outcome = answer.body as Partial<OperationOutcome> | undefined;
  if (outcome?.resourceType !== 'OperationOutcome' || !outcome.issue) {
    const text = `The server answered ${answer.status}`;
    return [{ severity: 'error', code: 'exception', key: 'unexpected-answer', text }];
  }
  return outcome.issue.map((issue) => {
    const line = issue.extension?.find(({ url }) => url === `${positionUrl}-line`)?.valueInteger;
    const col = issue.extension?.find(({ url }) => url === `${positionUrl}-col`)?.valueInteger;
    const expression = issue.expression?.[0];
    return {
      severity: issue.severity ?? 'error',
      code: (issue.code ?? 'exception') as Issue['code'],
      key: issue.details?.coding?.[0]?.code ?? issue.code ?? 'unknown',
      text: issue.details?.text ?? issue.diagnostics ?? `The server answered ${answer.status}`,
      ...(expression === undefined ? {} : { expression }),
      ...(line === undefined ? {} : { line }),
      ...(col === undefined ? {} : { col }),
    };
  });
}
