/**
 * One file, or what comes on stdin, checked: JSON, XML, or NDJSON with a resource on each line.
 * https://hl7.org/fhir/R4/json.html, https://hl7.org/fhir/R4/xml.html, http://ndjson.org
 */
import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FhirError } from '../core/fhir-error.ts';
import type { Issue } from '../core/issue.ts';
import { type Locator, withPositions } from '../fhir/json-locator.ts';
import { readJson } from '../fhir/json-source.ts';
import type { Model } from '../fhir/model.ts';
import { readXml } from '../fhir/xml-reader.ts';
import type { ValidationOptions, Validator } from '../validator/validator.ts';
import { readLines } from './read-lines.ts';
import { textOf } from './read-text.ts';

export interface Checker {
  readonly validator: Validator;
  /** For reading XML. */
  readonly model: Model;
  readonly options: ValidationOptions;
}

/** What stands for stdin on the command line, and what it is called in findings. */
export const standardInput = '-';
export const standardInputName = '<stdin>';

type Check = (checker: Checker, text: string) => readonly Issue[];

/** By the ending of the name; anything else is JSON. */
const checks: readonly { readonly ending: RegExp; readonly check: Check }[] = [
  { ending: /\.xml$/i, check: checkXml },
];
const linesEnding = /\.(?:ndjson|jsonl)$/i;

/**
 * @returns findings with positions; text that cannot be read as what it should be is a finding like any other
 * @throws the error of the file system for a file that cannot be read
 */
export async function checkFile(checker: Checker, file: string): Promise<readonly Issue[]> {
  try {
    return await checkContent(checker, file);
  } catch (error) {
    if (error instanceof FhirError) return error.issues;
    throw error;
  }
}

async function checkContent(checker: Checker, file: string): Promise<readonly Issue[]> {
  if (file === standardInput) return checkUnnamed(checker, await buffer(process.stdin));
  if (linesEnding.test(file)) return checkLines(checker, createReadStream(file));
  const check = checks.find(({ ending }) => ending.test(file))?.check ?? checkJson;
  return check(checker, textOf(readFileSync(file)));
}

/** Without a name, the text itself tells what it is. */
function checkUnnamed(checker: Checker, bytes: Buffer): readonly Issue[] | Promise<readonly Issue[]> {
  const text = textOf(bytes);
  if (text.trimStart().startsWith('<')) return checkXml(checker, text);
  return isLines(text) ? checkLines(checker, Readable.from([bytes])) : checkJson(checker, text);
}

/** Whether the first line is a whole JSON object, and not the last. */
function isLines(text: string): boolean {
  const [first = '', ...more] = text.trim().split('\n', 2);
  if (more.length === 0) return false;
  try {
    return typeof JSON.parse(first) === 'object';
  } catch {
    return false;
  }
}

const checkJson: Check = (checker, text) => checked(checker, () => ({ text }));

function checkXml(checker: Checker, text: string): readonly Issue[] {
  return checked(checker, () => readXml(checker.model, text));
}

/** The line of a finding is the line in the file. */
async function checkLines(checker: Checker, chunks: AsyncIterable<Uint8Array>): Promise<readonly Issue[]> {
  const issues: Issue[] = [];
  let line = 0;
  for await (const text of readLines(chunks)) {
    line++;
    if (text.trim() === '') continue;
    for (const issue of checkJson(checker, text)) issues.push({ ...issue, line });
  }
  return issues;
}

function checked(
  { validator, options }: Checker,
  read: () => { text: string; locator?: () => Locator },
): readonly Issue[] {
  try {
    const { text, locator } = read();
    const { value, spelling } = readJson(text);
    return withPositions(validator.validate(value, { ...options, text, spelling }), text, locator);
  } catch (error) {
    if (error instanceof FhirError) return error.issues;
    throw error;
  }
}
