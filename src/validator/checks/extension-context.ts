/**
 * Where an extension may stand: the contexts of its definition.
 * https://hl7.org/fhir/R4/defining-extensions.html#context
 */
import type { StructureDefinition, StructureDefinitionContext } from '@medplum/fhirtypes';
import type { Expression, TypedValue } from '../../fhirpath/expression.ts';
import type { Compilation } from '../compilation.ts';
import { conforms } from '../conformance.ts';
import { type Run, typed } from '../run.ts';

/** An extension and the element that holds it. */
export interface ExtensionHost {
  readonly extension: unknown;
  /** Path of the element in its definition, e.g. `Patient.name`. */
  readonly at: string;
  /** The type of the element and its ancestors. */
  readonly types: readonly string[];
  /** The object that has the extension: for a primitive, its companion. */
  readonly holder: Record<string, unknown> | undefined;
  /** Url of the extension around this one, if it stands in an extension or its value. */
  readonly outerUrl: unknown;
}

/** Values that a definition holds stand for those of instances, wherever these are: any extension may be on them. */
const isExampleValue = /^ElementDefinition\.(?:example\.value|fixed|pattern)\[x\]$/;

export interface ContextCheck {
  /** Whether one of the contexts allows the place; without contexts, any does. */
  allows(
    contexts: readonly StructureDefinitionContext[] | undefined,
    url: string,
    host: ExtensionHost,
    run: Run,
  ): boolean;
  /** Whether the context invariants of a definition hold at the place. */
  invariantsHold(structure: StructureDefinition, host: ExtensionHost, run: Run): boolean;
}

export function contextCheck(compilation: Compilation): ContextCheck {
  const { registry, compile } = compilation;
  const { model } = registry;
  /** Compiled once, by type and text. */
  const invariants = new Map<string, Map<string, Expression | undefined>>();

  function invariantOf(text: string, type: string): Expression | undefined {
    const ofType = invariants.get(type) ?? new Map<string, Expression | undefined>();
    invariants.set(type, ofType);
    if (!ofType.has(text)) ofType.set(text, compiled(text, type));
    return ofType.get(text);
  }

  function compiled(text: string, type: string): Expression | undefined {
    try {
      return compile(text, type);
    } catch {
      return undefined;
    }
  }

  function matchesElement(expression: string, host: ExtensionHost, run: Run): boolean {
    const hash = expression.indexOf('#');
    if (hash >= 0 && !isOfProfile(expression.slice(0, hash), run)) return false;
    const path = expression.slice(hash + 1);
    if (path === 'Element' || path === host.at || host.types.includes(path)) return true;
    if (path === 'CanonicalResource' || path === 'MetadataResource') {
      return host.types.includes('Resource') && 'url' in run.scope.resource;
    }
    const steps = path.split('.');
    if (steps.length < 2) return false;
    return inherited(steps, host.at) || (steps[0] === run.scope.type && declaredPath(steps) === host.at);
  }

  /** Whether the resource conforms to the profile of which a context names an element. */
  function isOfProfile(url: string, run: Run): boolean {
    const { resource, type } = run.scope;
    return conforms(resource, type, url, run, compilation) === true;
  }

  /** `DomainResource.text` is `Patient.text` of a Patient. */
  function inherited([type = '', ...rest]: readonly string[], at: string): boolean {
    const dot = at.indexOf('.');
    return dot > 0 && at.slice(dot + 1) === rest.join('.') && model.isA(at.slice(0, dot), type);
  }

  /** `Patient.name.family` as the definitions declare it: `HumanName.family`. */
  function declaredPath(steps: readonly string[]): string {
    let type = steps[0] as string;
    let path = type;
    for (const step of steps.slice(1)) {
      const name = step.replace('[x]', '');
      path = `${type}.${name}`;
      type = model.type(type)?.property(name)?.types[0] ?? path;
    }
    return path;
  }

  /** A FHIRPath context selects, from the resource, the elements that may have the extension. */
  function selects(expression: string, host: ExtensionHost, run: Run): boolean {
    const focus = typed(run.scope);
    try {
      const environment = { resource: focus, rootResource: focus };
      return compile(expression, focus.type)
        .values(focus, environment)
        .some(
          (one) => one.value === host.holder || (one.element !== undefined && one.element === host.holder),
        );
    } catch {
      return true;
    }
  }

  return {
    allows(contexts, url, host, run) {
      if (contexts === undefined || isExampleValue.test(host.at)) return true;
      return contexts.some(({ type, expression }) => {
        if (expression === undefined) return true;
        if (type === 'extension') return host.outerUrl === expression || url === expression;
        return type === 'fhirpath' ? selects(expression, host, run) : matchesElement(expression, host, run);
      });
    },
    invariantsHold(structure, host, run) {
      // The type of a backbone element is its path: `Questionnaire.item` has more properties than BackboneElement.
      const type = model.type(host.at) ? host.at : host.types[0];
      if (!structure.contextInvariant || type === undefined || host.holder === undefined) return true;
      const extension: TypedValue = { type: 'Extension', value: host.extension };
      const resource = typed(run.scope);
      const environment = { resource, rootResource: resource, variables: { extension } };
      return structure.contextInvariant.every((expression) => {
        try {
          return invariantOf(expression, type)?.test(host.holder, type, environment) ?? true;
        } catch {
          return true;
        }
      });
    },
  };
}
