/**
 * Reference parameters: `Patient/1`, `1`, an absolute URL, a canonical with or without version; `:Patient` names the
 * type, `:identifier` searches the logical reference.
 * https://hl7.org/fhir/R4/search.html#reference
 *
 * A reference to this server is indexed as `Type/id`; where a parameter allows several types, as the bare id too.
 * A versioned one is found without its version as well. What is contained is not found.
 */
import { isObject, isResource } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import { parseReference, type ReferenceText } from '../local-reference.ts';
import type { Parameter } from '../parameter.ts';
import { unescaped } from '../search-value.ts';
import { invalidValue, type ParameterKind, termNode } from './kind.ts';
import { addTokenTerms, parseToken, planToken, type TokenTerm } from './token.ts';

export type ReferenceTerm =
  | { readonly by: 'target'; readonly target: string; readonly version: string | undefined }
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'identifier'; readonly token: TokenTerm };

const logicalId = /^[A-Za-z0-9\-.]{1,64}$/;

/** @param localBases own base URLs, without a slash at the end */
export function referenceKind(localBases: readonly string[]): ParameterKind<ReferenceTerm> {
  return {
    modifiers: ['[type]'],
    indexedModifiers: ['identifier'],
    index(values, name, parameter, into) {
      for (const value of values) {
        const reference = referenceOf(value, localBases);
        if (!reference) continue;
        into.terms.add(`${name}|${reference.target}`);
        if (reference.version !== undefined)
          into.terms.add(versioned(name, reference.target, reference.version));
        if (reference.id !== undefined && parameter.targets.length !== 1)
          into.terms.add(`${name}=${reference.id}`);
      }
    },
    indexModifiers(values, name, into) {
      for (const { value } of values) {
        if (!isObject(value) || !isObject(value.identifier)) continue;
        addTokenTerms({ type: 'Identifier', value: value.identifier }, identifierName(name), into);
      }
    },
    parse(text, modifier, parameter) {
      if (modifier === 'identifier') return { by: 'identifier', token: parseToken(text, parameter) };
      const meant = unescaped(text);
      const types = modifier === undefined ? parameter.targets : [modifier];
      if (logicalId.test(meant)) {
        return types.length === 1
          ? { by: 'target', target: `${types[0]}/${meant}`, version: undefined }
          : { by: 'id', id: meant };
      }
      const reference = parseReference(meant, localBases);
      if (!reference) throw invalidValue(parameter, 'a reference: id, Type/id or an absolute URL');
      if (modifier !== undefined && reference.type !== modifier) {
        throw invalidValue(parameter, `a reference to ${modifier}, as its modifier says`);
      }
      return { by: 'target', target: reference.target, version: reference.version };
    },
    plan(term, name) {
      if (term.by === 'id') return termNode(`${name}=${term.id}`);
      if (term.by === 'identifier') return planToken(term.token, identifierName(name));
      const { target, version } = term;
      return termNode(version === undefined ? `${name}|${target}` : versioned(name, target, version));
    },
  };
}

/** What the terms of references to local resources of a type begin with; the id follows. */
export function targetPrefix(name: string, type: string): string {
  return `${name}|${type}/`;
}

function identifierName(name: string): string {
  return `${name}:identifier`;
}

function versioned(name: string, target: string, version: string): string {
  return `${name}:version|${version}|${target}`;
}

/** What a value refers to, if it names it: a Reference, a canonical or URI, or the very resource inside a Bundle. */
export function referenceOf({ value }: TypedValue, localBases: readonly string[]): ReferenceText | undefined {
  if (typeof value === 'string') return parseReference(value, localBases);
  if (!isObject(value)) return undefined;
  if (typeof value.reference === 'string') return parseReference(value.reference, localBases);
  if (!isResource(value) || value.id === undefined) return undefined;
  const { resourceType: type, id } = value;
  return { target: `${type}/${id}`, type, id, version: undefined };
}

/** The type a reference is to: by its text, else by its `type` element. */
export function targetTypeOf(value: TypedValue, localBases: readonly string[]): string | undefined {
  const named = isObject(value.value) && typeof value.value.type === 'string' ? value.value.type : undefined;
  return referenceOf(value, localBases)?.type ?? named;
}

/** Whether a parameter lets a type be referred to. */
export function allowsTarget(parameter: Parameter, type: string): boolean {
  return parameter.targets.length === 0 || parameter.targets.includes(type);
}
