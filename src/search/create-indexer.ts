/**
 * The indexer: evaluates the search expressions of a resource's type and turns their values into index entries.
 * Compiled once per type. On the hot path of every write.
 */
import { systemClock } from '../core/clock.ts';
import type { Registry } from '../fhir/registry.ts';
import type { ExpressionCompiler, TypedValue } from '../fhirpath/expression.ts';
import { createCanonicalUnits } from '../terminology/canonical-units.ts';
import { type CompiledParameter, compileParameter, type Subject, subjectOf } from './compiled-parameters.ts';
import { createEntryCollector, type EntryCollector, presenceTerm } from './entry-collector.ts';
import type { Indexer } from './indexer.ts';
import { isJoint, jointTerms } from './joint-terms.ts';
import { type OrderedCodes, orderedCodes, orderedEntries } from './ordered-codes.ts';
import { indexComposite, type KindOf } from './params/composite.ts';
import { type ParameterKinds, parameterKinds } from './params/kinds.ts';
import { allowsTarget, referenceOf } from './params/reference.ts';
import { createResourceTexts } from './resource-texts.ts';
import { sortTexts } from './sort-texts.ts';
import { createTypeParameters, type ParametersOf } from './type-parameters.ts';

export interface IndexerOptions {
  readonly registry: Registry;
  readonly compile: ExpressionCompiler;
  /** Own base URLs, without a slash at the end: references that begin with one are local. */
  readonly localBases: readonly string[];
  /** The parameters to index by; absent: those of the registry. */
  readonly parametersOf?: ParametersOf;
  /** Compiles expressions of clients, which must not run for long; absent: as all others. */
  readonly compileCustom?: ExpressionCompiler;
}

interface CompiledType {
  readonly byCode: ReadonlyMap<string, CompiledParameter>;
  /** Those that are indexed under a name of their own. */
  readonly indexed: readonly CompiledParameter[];
  readonly joint: ReadonlySet<CompiledParameter>;
  readonly compartment: ReadonlySet<CompiledParameter>;
  readonly ordered: OrderedCodes | undefined;
}

/** The store knows these of every resource. */
const keptByStore: ReadonlySet<string> = new Set(['_id', '_lastUpdated']);

export function createIndexer(options: IndexerOptions): Indexer {
  const { registry, compile, localBases } = options;
  const parametersOf = options.parametersOf ?? createTypeParameters(registry);
  const compileCustom = tolerant(options.compileCustom ?? compile);
  const kinds = parameterKinds({
    localBases,
    clock: systemClock,
    expandCodes: () => undefined,
    canonicalUnits: createCanonicalUnits(),
  });
  const kindOf: KindOf = (type) => kinds[type as keyof ParameterKinds];
  const textsOf = createResourceTexts(registry);
  const types = new Map<string, CompiledType>();

  function compiledType(resourceType: string): CompiledType {
    let type = types.get(resourceType);
    if (!type) {
      type = compileType(resourceType);
      types.set(resourceType, type);
    }
    return type;
  }

  function compileType(resourceType: string): CompiledType {
    const all = [...parametersOf(resourceType).values()].map((parameter) =>
      compileParameter(parameter, resourceType, parameter.custom ? compileCustom : compile, localBases),
    );
    const byCode = new Map(all.map((compiled) => [compiled.parameter.code, compiled]));
    const indexed = all.filter(
      ({ parameter }) => parameter.indexedAs[0]!.code === parameter.code && !keptByStore.has(parameter.code),
    );
    const compartment = registry.patientCompartmentParameters(resourceType);
    return {
      ordered: orderedCodes(parametersOf(resourceType)),
      byCode,
      indexed,
      joint: new Set(byCode.has('patient') ? indexed.filter(({ parameter }) => isJoint(parameter)) : []),
      compartment: new Set(compartment.flatMap((code) => byCode.get(code) ?? [])),
    };
  }

  function localPatients(values: readonly TypedValue[]): string[] {
    return values.flatMap((value) => {
      const reference = referenceOf(value, localBases);
      return reference?.type === 'Patient' && reference.id !== undefined ? [reference.id] : [];
    });
  }

  function indexValues(
    compiled: CompiledParameter,
    values: readonly TypedValue[],
    subject: Subject,
    into: EntryCollector,
  ): void {
    const { parameter } = compiled;
    if (parameter.type === 'composite') {
      for (const value of values) {
        indexComposite(compiled.halves(value, subject), parameter, kindOf, into);
      }
      return;
    }
    const kind = kindOf(parameter.type);
    into.terms.add(presenceTerm(parameter.name));
    kind.index(values, parameter.name, parameter, into);
    kind.indexModifiers?.(values, parameter.name, into);
  }

  return {
    index(resource) {
      const type = compiledType(resource.resourceType);
      const subject = subjectOf(resource, localBases);
      const into = createEntryCollector();
      const patients = new Set(resource.resourceType === 'Patient' && resource.id ? [resource.id] : []);
      const patient = type.byCode.get('patient');
      const joined = type.joint.size > 0 && patient ? localPatients(patient.values(subject)) : [];
      for (const compiled of type.indexed) {
        const values = compiled.values(subject);
        if (values.length === 0) continue;
        indexValues(compiled, values, subject, into);
        if (type.compartment.has(compiled)) for (const id of localPatients(values)) patients.add(id);
        if (joined.length > 0 && type.joint.has(compiled)) {
          for (const term of jointTerms(joined, values, compiled.parameter)) into.terms.add(term);
        }
      }
      const code = type.ordered && type.byCode.get('code');
      const ordered = code && orderedEntries(type.ordered, code.values(subject), into.dates);
      return { ...into, ordered, terms: [...into.terms], texts: textsOf(resource), patients: [...patients] };
    },
    references(resource, code) {
      const compiled = compiledType(resource.resourceType).byCode.get(code);
      if (compiled?.parameter.type !== 'reference') return [];
      const targets = compiled.values(subjectOf(resource, localBases)).flatMap((value) => {
        const reference = referenceOf(value, localBases);
        const local = reference?.id !== undefined && allowsTarget(compiled.parameter, reference.type!);
        return local ? [reference.target] : [];
      });
      return [...new Set(targets)];
    },
    sortValue(name, resource) {
      const compiled = compiledType(resource.resourceType).byCode.get(name.slice(name.indexOf('.') + 1));
      const texts = compiled ? compiled.values(subjectOf(resource, localBases)).flatMap(sortTexts) : [];
      return texts.sort()[0] ?? null;
    },
  };
}

/** An expression of a client that fails on a resource finds nothing in it; the resource is stored all the same. */
function tolerant(compile: ExpressionCompiler): ExpressionCompiler {
  return (text, type) => {
    const compiled = compile(text, type);
    return {
      ...compiled,
      values(focus, environment) {
        try {
          return compiled.values(focus, environment);
        } catch {
          return [];
        }
      },
    };
  };
}
