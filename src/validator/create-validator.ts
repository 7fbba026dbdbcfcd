/**
 * Wires the validator: definitions are compiled when first needed and kept; verdicts are not.
 * https://hl7.org/fhir/R4/validation.html
 */
import type { Issue } from '../core/issue.ts';
import { TextTable } from '../core/text-table.ts';
import type { Registry } from '../fhir/registry.ts';
import { isObject } from '../fhir/resource.ts';
import type { ExpressionCompiler, TypedValue } from '../fhirpath/expression.ts';
import type { Terminology } from '../terminology/terminology.ts';
import { baseElements } from './base-elements.ts';
import { rulesCheck } from './checks/apply-rules.ts';
import { type Binding, bindingOf, membershipOf } from './checks/binding.ts';
import { runJudge } from './checks/expression.ts';
import { integerSpelling } from './checks/integer-spelling.ts';
import { type InvariantSurroundings, invariantCheck } from './checks/invariant.ts';
import type { Compilation, ProfileCheck, ValueCheck } from './compilation.ts';
import { conforms } from './conformance.ts';
import { compileProfile } from './profile.ts';
import { resourceCheck } from './resource.ts';
import { canonicalTargetRules } from './rules/canonical-targets.ts';
import { rangeRules } from './rules/definition-ranges.ts';
import { fhirPathRules } from './rules/fhirpath-elements.ts';
import { localIdRules } from './rules/local-ids.ts';
import { ownRules } from './rules/own-rules.ts';
import { ownUrlRules } from './rules/own-url.ts';
import { createRun, found, issuesOf, newScope, type Run } from './run.ts';
import { typeFunctions } from './type-functions.ts';
import type { TypeRules } from './type-rules.ts';
import { type TypeRuntime, typeRuntime } from './type-runtime.ts';
import type { ValidationOptions, Validator } from './validator.ts';

/** Expressions of clients may name any value set. */
const rememberedBindings = 500;

export interface ValidatorParts {
  readonly registry: Registry;
  readonly terminology: Terminology;
  readonly compile: ExpressionCompiler;
  /** Rules of resource types that no definition states, e.g. of responses to questionnaires. */
  readonly rules?: TypeRules;
}

/** A validator whose generated source can be read. */
export interface CompiledValidator extends Validator {
  /** The generated JavaScript of every type used so far, by type. */
  readonly sources: ReadonlyMap<string, string>;
  /** Compiles the definitions of these types now, not at their first resource. */
  prepare(types: Iterable<string>): void;
}

export function createValidator({
  registry,
  terminology,
  compile,
  rules = {},
}: ValidatorParts): CompiledValidator {
  const profiles = new TextTable<ProfileCheck>();
  const typeNames = new TextTable<string>();
  for (const name of registry.resourceTypes) typeNames.add(name, name);
  const bases = baseElements(registry);
  const judge = runJudge(registry.model);
  const checkSpelling = integerSpelling(registry.model, registry.resourceTypes);

  /** Of value sets that expressions name. */
  const bindings = new Map<string, Binding>();

  function bindingTo(valueSet: string): Binding | undefined {
    const binding = bindings.get(valueSet) ?? bindingOf({ strength: 'required', valueSet });
    if (binding && bindings.size < rememberedBindings) bindings.set(valueSet, binding);
    return binding;
  }

  const surroundings: InvariantSurroundings = {
    compile,
    memberOf({ type, value }: TypedValue, valueSet: string, run: Run) {
      const binding = bindingTo(valueSet);
      if (!binding || !terminology.knows(valueSet)) return undefined;
      // Only of a binding that is kept may anything be kept with a code.
      const keeper = bindings.has(valueSet) ? run : undefined;
      const membership = membershipOf(value, type, binding, terminology, keeper);
      return membership === 'unknown' ? undefined : membership === 'member';
    },
    conformsTo: ({ value, type }, url, run) => conforms(value, type, url, run, compilation),
  };

  const compilation: Compilation = {
    registry,
    terminology,
    compile,
    typeCheck: (name) => functions.get(name),
    structure(canonical) {
      try {
        return registry.structure(canonical);
      } catch {
        return undefined;
      }
    },
    profile(canonical) {
      const known = profiles.get(canonical);
      if (known) return known;
      const structure = compilation.structure(canonical);
      if (!structure) return undefined;
      const profile = compileProfile(structure, compilation, surroundings, bases);
      profiles.add(canonical, profile);
      return profile;
    },
  };

  let runtime: TypeRuntime | undefined;
  const functions = typeFunctions(
    compilation,
    {
      model: registry.model,
      invariant: (constraint) => invariantCheck(constraint, surroundings),
      profile(url): ValueCheck {
        return (value, run, type) => compilation.profile(url)?.check(value, run, type);
      },
    },
    () => {
      runtime ??= typeRuntime(compilation, resources.nested, judge);
      return runtime;
    },
  );
  const resources = resourceCheck(
    compilation,
    rulesCheck(
      [ownUrlRules, ownRules, canonicalTargetRules, localIdRules, rangeRules, fhirPathRules, rules],
      compilation,
      judge,
    ),
    (name) => typeNames.get(name),
  );

  function validate(resource: unknown, options: ValidationOptions = {}): Issue[] {
    if (!isObject(resource) || typeof resource.resourceType !== 'string') {
      const run = createRun(options, newScope({ resourceType: 'Resource' }));
      found(run, 'not-a-resource', '');
      return issuesOf(run);
    }
    const type = typeNames.get(resource.resourceType);
    if (type === undefined) {
      const run = createRun(options, newScope({ resourceType: 'Resource' }));
      found(run, 'unknown-resource-type', '');
      return issuesOf(run);
    }
    const scope = newScope(resource, type);
    const run = createRun(options, scope);
    try {
      resources.root(run);
      if (run.integers && options.text !== undefined) checkSpelling(options.text, run);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      run.scope = scope;
      run.findings.length = 0;
      run.count = 0;
      found(run, 'too-deep', '');
    }
    return issuesOf(run);
  }

  return {
    validate,
    sources: functions.sources,
    prepare(types) {
      for (const type of types) functions.get(type);
    },
  };
}
