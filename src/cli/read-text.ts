/** Texts of files: UTF-8, without the byte order mark that some editors put first. */
import { readFileSync } from 'node:fs';
import { refuse } from '../core/fhir-error.ts';
import { positionOf } from '../fhir/json-source.ts';

/** @throws FhirError for what is no UTF-8, with the place of the first character that is none */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const text = leniently(bytes);
    throw refuse('malformed-request', 'The text is not UTF-8', positionOf(text, text.indexOf('\ufffd')));
  }
}

/** What is no UTF-8 is replaced. */
const leniently = (bytes: Uint8Array) => new TextDecoder('utf-8').decode(bytes);

/** @throws the error of the file system for a file that cannot be read */
export function readText(file: string): string {
  return leniently(readFileSync(file));
}
