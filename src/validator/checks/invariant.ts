/**
 * Invariants: the FHIRPath rules of an element. They speak with their own key, severity and words.
 * https://hl7.org/fhir/R4/conformance-rules.html#constraints
 */
import type { ElementDefinition, ElementDefinitionConstraint } from '@medplum/fhirtypes';
import type { Environment, Expression, ExpressionCompiler, TypedValue } from '../../fhirpath/expression.ts';
import { byType } from '../by-type.ts';
import type { Compilation } from '../compilation.ts';
import type { CheckSource } from '../profile-scope.ts';
import { foundOnce, type ResourceScope, type Run, report, rootScope, typed } from '../run.ts';
import { resolveReference } from './reference.ts';

/**
 * Rules of the base definitions that the walk itself checks, exactly and at next to no cost: content and extension
 * (ele-1, ext-1), containment (dom-2 to dom-6), local references (ref-1), narrative (txt-1, txt-2), distinct
 * entries (bdl-7) and link ids (que-2).
 */
export const nativeInvariants: ReadonlySet<string> = new Set([
  'ele-1',
  'ext-1',
  'dom-2',
  'dom-3',
  'dom-4',
  'dom-5',
  'dom-6',
  'ref-1',
  'txt-1',
  'txt-2',
  'bdl-7',
  'que-2',
]);

export type InvariantCheck = (value: unknown, run: Run, type: string, companion?: unknown) => void;

const bestPractice = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

/** Whether a constraint is advice that is given on request only. */
export function isBestPractice(constraint: ElementDefinitionConstraint): boolean {
  return (
    constraint.extension?.some((extension) => extension.url === bestPractice && extension.valueBoolean) ??
    false
  );
}

/** What FHIRPath may ask for while the walk is in a resource. */
class RunEnvironment implements Environment {
  readonly #scope: ResourceScope;
  readonly #run: Run;
  readonly #ask: InvariantSurroundings;

  constructor(run: Run, ask: InvariantSurroundings) {
    this.#scope = run.scope;
    this.#run = run;
    this.#ask = ask;
  }

  get resource(): TypedValue {
    return typed(this.#scope);
  }

  get rootResource(): TypedValue {
    return typed(rootScope(this.#scope));
  }

  resolve(reference: string): TypedValue | undefined {
    return resolveReference(reference, this.#run);
  }

  memberOf(value: TypedValue, valueSet: string): boolean | undefined {
    return this.#ask.memberOf(value, valueSet, this.#run);
  }

  conformsTo(value: TypedValue, profile: string): boolean | undefined {
    return this.#ask.conformsTo(value, profile, this.#run);
  }
}

/** Made once for each resource. */
function environmentOf(run: Run, ask: InvariantSurroundings): Environment {
  run.scope.environment ??= new RunEnvironment(run, ask);
  return run.scope.environment;
}

export interface InvariantSurroundings {
  readonly compile: ExpressionCompiler;
  readonly memberOf: (value: TypedValue, valueSet: string, run: Run) => boolean | undefined;
  readonly conformsTo: (value: TypedValue, profile: string, run: Run) => boolean | undefined;
}

/**
 * A rule must evaluate to true. R4's own rules yield nothing where they have nothing to say (bdl-8 without a fullUrl,
 * ras-2 without a probability, a comparison of dates of different precision), and that is no fault.
 */
function isBroken(
  expression: Expression,
  value: unknown,
  type: string,
  companion: unknown,
  environment: Environment,
  mayBeSilent: boolean,
): boolean {
  if (expression.test(value, type, environment, companion)) return false;
  const focus = { type, value, element: companion };
  return !mayBeSilent || expression.values(focus, environment).length > 0;
}

const ofFhir = 'http://hl7.org/fhir/StructureDefinition/';

/** What asks for targets, value sets and profiles that may be out of reach. */
const asksFurther = /\b(?:resolve|memberOf|conformsTo)\(/;

/** Whether nothing may come of a rule that is met. */
const isSilentAtTimes = ({ expression = '' }: ElementDefinitionConstraint, source: string | undefined) =>
  source === undefined || source.startsWith(ofFhir) || asksFurther.test(expression);

/**
 * The check of one constraint; undefined when it has no expression. Its text is compiled when first needed.
 * @param source canonical of the definition that makes it
 */
export function invariantCheck(
  constraint: ElementDefinitionConstraint,
  surroundings: InvariantSurroundings,
  source = constraint.source,
): InvariantCheck | undefined {
  const { key, human } = constraint;
  const text = constraint.expression ?? '';
  if (key === undefined || text === '') return undefined;
  const advice = isBestPractice(constraint);
  const mayBeSilent = isSilentAtTimes(constraint, source);
  const severity = advice ? 'information' : constraint.severity === 'warning' ? 'warning' : 'error';
  const words = human ?? `The rule ${key} does not hold`;

  const expressionFor = byType((type): Expression | undefined => {
    try {
      return surroundings.compile(text, type);
    } catch {
      return undefined;
    }
  });

  return (value, run, type, companion) => {
    if (advice && run.options.bestPractice !== true) return;
    const expression = expressionFor(type);
    let holds: boolean | undefined;
    try {
      const environment = environmentOf(run, surroundings);
      holds = expression && !isBroken(expression, value, type, companion, environment, mayBeSilent);
    } catch (error) {
      if (error instanceof RangeError) throw error;
    }
    if (holds === undefined) foundOnce(run, 'invariant-not-checked', '', key);
    else if (!holds) report(run, { key, severity, code: 'invariant', text: words, path: '' });
  };
}

/** The constraints that a profile's element has and its base has not. */
export function addedInvariants(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
  profile: string,
  compilation: Pick<Compilation, 'structure'>,
  surroundings: InvariantSurroundings,
): CheckSource | undefined {
  const known = new Map((base?.constraint ?? []).map(({ key, expression }) => [key, expression]));
  const checks = (definition.constraint ?? []).flatMap((constraint) => {
    const { key = '', expression, source } = constraint;
    const origin = source === undefined ? undefined : compilation.structure(source);
    // A profile may give a rule of its own the key of another.
    const isOwn = origin?.derivation === 'constraint' && known.get(key) !== expression;
    if (known.has(key) && !isOwn) return [];
    const ofType = origin ? origin.derivation !== 'constraint' : nativeInvariants.has(key);
    const check = ofType ? undefined : invariantCheck(constraint, surroundings, source ?? profile);
    return check ? [check] : [];
  });
  if (checks.length === 0) return undefined;
  return { source: (constant) => checks.map((check) => `${constant(check)}(v, x, t, c);`).join(' ') };
}
