/** Search expressions compiled for one resource type, evaluated on its resources. */
import { isObject, isResource, type Resource } from '../fhir/resource.ts';
import type { Environment, Expression, ExpressionCompiler, TypedValue } from '../fhirpath/expression.ts';
import { parseReference } from './local-reference.ts';
import type { Component, Parameter } from './parameter.ts';
import type { Halves } from './params/composite.ts';
import { targetTypeOf } from './params/reference.ts';

/** What expressions are evaluated on. */
export interface Subject {
  readonly focus: TypedValue;
  readonly environment: Environment;
}

export interface CompiledParameter {
  readonly parameter: Parameter;
  /** The values it finds in a resource; never one without a value of its own, such as a lone extension. */
  values(subject: Subject): readonly TypedValue[];
  /** Of a composite: the values of its components within one of its values. */
  halves(value: TypedValue, subject: Subject): Halves;
}

/** A resource, with the types of what it refers to known from the references alone. */
export function subjectOf(resource: Resource, localBases: readonly string[]): Subject {
  const focus: TypedValue = { type: resource.resourceType, value: resource };
  const resolve = (reference: string): TypedValue | undefined => {
    if (reference.startsWith('#')) return contained(resource, reference.slice(1));
    const type = parseReference(reference, localBases)?.type;
    return type === undefined ? undefined : { type, value: { resourceType: type } };
  };
  return { focus, environment: { resource: focus, rootResource: focus, resolve } };
}

function contained(resource: Resource, id: string): TypedValue | undefined {
  const all = Array.isArray(resource.contained) ? resource.contained : [];
  const found = all.find((candidate) => isResource(candidate) && candidate.id === id);
  return isResource(found) ? { type: found.resourceType, value: found } : undefined;
}

export function compileParameter(
  parameter: Parameter,
  resourceType: string,
  compile: ExpressionCompiler,
  localBases: readonly string[],
): CompiledParameter {
  const parts = parameter.parts.map(({ expression, targetType }) => {
    const compiled = compile(expression, resourceType);
    return ({ focus, environment }: Subject): readonly TypedValue[] => {
      const values = compiled.values(focus, environment).map(withoutExtension).filter(hasValue);
      return targetType === undefined
        ? values
        : values.filter((value) => refersTo(value, targetType, environment, localBases));
    };
  });
  const components = parameter.components.map((component) => compileComponent(component, compile));
  const [only] = parts;
  return {
    parameter,
    values: parts.length === 1 ? only! : (subject) => parts.flatMap((part) => part(subject)),
    halves: (value, { environment }) => components.map((component) => component(value, environment)),
  };
}

function hasValue({ value }: TypedValue): boolean {
  return value !== undefined && value !== null;
}

/** A parameter over an extension, `Patient.extension('…')`, means what the extension holds. */
function withoutExtension(found: TypedValue): TypedValue {
  if (found.type !== 'Extension' || !isObject(found.value)) return found;
  const key = Object.keys(found.value).find((name) => name.startsWith('value'));
  if (key === undefined) return { type: found.type, value: undefined };
  const value = found.value[key];
  const type = key.slice('value'.length);
  return { type: isObject(value) ? type : type.charAt(0).toLowerCase() + type.slice(1), value };
}

function refersTo(
  value: TypedValue,
  type: string,
  environment: Environment,
  localBases: readonly string[],
): boolean {
  const text = isObject(value.value) ? value.value.reference : undefined;
  if (typeof text === 'string' && text.startsWith('#')) return environment.resolve?.(text)?.type === type;
  return targetTypeOf(value, localBases) === type;
}

/** The type a composite is found on is known with its first value. */
function compileComponent({ expression }: Component, compile: ExpressionCompiler) {
  const byType = new Map<string, Expression>();
  return (base: TypedValue, environment: Environment): readonly TypedValue[] => {
    let compiled = byType.get(base.type);
    if (!compiled) {
      compiled = compile(expression, base.type);
      byType.set(base.type, compiled);
    }
    return compiled.values(base, environment).filter(hasValue);
  };
}
