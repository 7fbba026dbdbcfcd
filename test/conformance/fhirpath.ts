/**
 * The suite `fhirpath`: HL7's FHIRPath tests over the engine that validation uses. A test passes when its outputs come
 * with their types and in their order, or, where it names a fault, when there is one.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Model } from '../../src/fhir/model.ts';
import { openRegistry } from '../../src/fhir/open-registry.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { createExpressionCompiler } from '../../src/fhirpath/create-expression-compiler.ts';
import type { Environment, ExpressionCompiler, TypedValue } from '../../src/fhirpath/expression.ts';

interface FhirPathTest {
  readonly group: string;
  readonly name: string;
  readonly file?: string | null;
  readonly mode?: string;
  readonly predicate?: boolean;
  readonly expression: string;
  /** Why the expression is to be refused: `syntax`, `semantic` or `execution`. */
  readonly invalid?: string;
  readonly outputs: readonly { readonly type?: string; readonly value: string }[];
}

export interface FhirPathSuiteResult {
  readonly cases: number;
  readonly passed: number;
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * @param casesPath a file in the format of the shared `tests.json`, its `inputs` folder beside it
 * @param model the types of R4; those of the registry when left out
 */
export async function runFhirPathSuite(
  casesPath = '../shared/testdata/fhirpath/tests.json',
  model: Model = openRegistry().model,
): Promise<FhirPathSuiteResult> {
  const tests = JSON.parse(await readFile(casesPath, 'utf8')) as FhirPathTest[];
  const lenient = createExpressionCompiler(model);
  const strict = createExpressionCompiler(model, { strict: true });
  const failures: { name: string; reason: string }[] = [];
  for (const test of tests) {
    const compiler = test.mode === 'strict' || test.invalid === 'semantic' ? strict : lenient;
    const focus = await inputOf(test, dirname(casesPath));
    const reason = judge(test, () => run(test, focus, compiler, model));
    if (reason !== undefined) failures.push({ name: `${test.group}/${test.name}`, reason });
  }
  return { cases: tests.length, passed: tests.length - failures.length, failures };
}

async function inputOf({ file }: FhirPathTest, folder: string): Promise<TypedValue> {
  if (!file) return { type: 'Patient', value: { resourceType: 'Patient' } };
  const path = join(folder, 'inputs', file.replace(/\.xml$/, '.json'));
  const resource = JSON.parse(await readFile(path, 'utf8')) as Resource;
  return { type: resource.resourceType, value: resource };
}

function run(test: FhirPathTest, focus: TypedValue, compiler: ExpressionCompiler, model: Model): string[] {
  const conformsTo = (value: TypedValue, profile: string): boolean => {
    const type = /^http:\/\/hl7.org\/fhir\/StructureDefinition\/(\w+)$/.exec(profile)?.[1];
    if (type === undefined || !model.type(type)) throw new Error('Unknown profile');
    return model.isA(value.type, type);
  };
  const environment: Environment = { resource: focus, rootResource: focus, conformsTo };
  const values = compiler(test.expression, focus.type).values(focus, environment);
  return test.predicate ? [`boolean:${values.length > 0}`] : values.map(describe);
}

/** @returns why the test fails; undefined when it passes */
function judge({ invalid, outputs }: FhirPathTest, evaluate: () => string[]): string | undefined {
  let actual: string[];
  try {
    actual = evaluate();
  } catch (error) {
    return invalid ? undefined : String(error);
  }
  if (invalid) return `expected a fault (${invalid}), got [${actual.join(', ')}]`;
  const expected = outputs.map(({ type, value }) => (type ? `${type}:${value}` : value));
  const fits =
    actual.length === expected.length &&
    expected.every((text, i) => matches(text, actual[i]!, outputs[i]!.type));
  return fits ? undefined : `expected [${expected.join(', ')}], got [${actual.join(', ')}]`;
}

function matches(expected: string, actual: string, type: string | undefined): boolean {
  return expected === (type === undefined ? actual.slice(actual.indexOf(':') + 1) : actual);
}

/** A value as the tests write it. */
function describe({ type, value, ...rest }: TypedValue): string {
  const name = type.startsWith('System.') ? (systemNames[type.slice(7)] ?? type) : type;
  const text = (rest as { text?: string }).text ?? String(value);
  if (type === 'System.Quantity') {
    const { unit } = value as { unit: string };
    return `${name}:${text} '${unit}'`;
  }
  if (name === 'date' || name === 'dateTime') return `${name}:@${text}`;
  return name === 'time' ? `${name}:@T${text}` : `${name}:${text}`;
}

const systemNames: Readonly<Record<string, string>> = {
  String: 'string',
  Boolean: 'boolean',
  Integer: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
  Time: 'time',
  Quantity: 'Quantity',
};
