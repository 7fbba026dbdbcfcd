/**
 * Token parameters: codes, identifiers, contact points, flags. `system|code`, `|code` (without a system), `code` (of
 * any system) and `system|` (any code of it).
 * https://hl7.org/fhir/R4/search.html#token
 *
 * Codes are compared to the letter; values of type string, which R4 searches without regard to case, are folded.
 * Terms of `Observation.code`: `…|system|code`, `…||code`, `…=code`, `…|system|`, and `…~folded`.
 */
import type { FhirError } from '../../core/fhir-error.ts';
import { isObject } from '../../fhir/resource.ts';
import type { TypedValue } from '../../fhirpath/expression.ts';
import type { EntryCollector } from '../entry-collector.ts';
import { fold } from '../fold.ts';
import type { Parameter } from '../parameter.ts';
import type { PlanNode } from '../plan.ts';
import { splitUnescaped, unescaped } from '../search-value.ts';
import { anyOf, invalidValue, type ParameterKind, termNode } from './kind.ts';
import { indexFolded } from './string.ts';

export type TokenTerm =
  | { readonly by: 'code'; readonly code: string; readonly folds: boolean }
  | { readonly by: 'system-code'; readonly system: string; readonly code: string; readonly folds: boolean }
  | { readonly by: 'system'; readonly system: string }
  | { readonly by: 'text'; readonly text: string }
  | { readonly by: 'type'; readonly system: string; readonly code: string; readonly value: string }
  /** Any of these codes: what `:in`, `:above` and `:below` come to. */
  | { readonly by: 'codes'; readonly codes: readonly SystemCode[] }
  /** Any code of a value set that does not ship; `code` is the parameter that was named. */
  | { readonly by: 'value-set'; readonly valueSet: string; readonly code: string };

/** A code in its system; an empty system for none. */
export interface SystemCode {
  readonly system: string;
  readonly code: string;
}

/** What `:in`, `:not-in`, `:above` and `:below` mean in codes; undefined when what ships cannot tell. */
export type CodeExpansion = (
  modifier: 'in' | 'above' | 'below',
  text: string,
) => readonly SystemCode[] | undefined;

export function tokenKind(expand: CodeExpansion): ParameterKind<TokenTerm> {
  return {
    modifiers: ['not', 'in', 'not-in', 'above', 'below'],
    indexedModifiers: ['text', 'of-type'],
    index(values, name, parameter, into) {
      for (const value of values) addTokenTerms(value, name, into, parameter);
    },
    indexModifiers(values, name, into) {
      indexFolded(values.flatMap(displaysOf), `${name}:text`, into);
      for (const { type, value } of values) {
        if (type === 'Identifier' && isObject(value)) addTypeTerms(value, name, into);
      }
    },
    parse(text, modifier, parameter) {
      switch (modifier) {
        case 'text':
          return { by: 'text', text: fold(unescaped(text)) };
        case 'of-type':
          return parseOfType(text, parameter);
        case 'in':
        case 'not-in': {
          const valueSet = unescaped(text);
          const codes = expand('in', valueSet);
          return codes ? { by: 'codes', codes } : { by: 'value-set', valueSet, code: parameter.code };
        }
        case 'above':
        case 'below': {
          const codes = expand(modifier, unescaped(text));
          if (codes) return { by: 'codes', codes };
          throw notExpandable(parameter, modifier);
        }
        default:
          return parseToken(text, parameter);
      }
    },
    plan: planToken,
  };
}

export function notExpandable(parameter: Pick<Parameter, 'code'>, modifier: string): FhirError {
  return invalidValue(parameter, `with ':${modifier}' only what this server can expand`);
}

export function parseToken(text: string, parameter: Parameter): TokenTerm {
  const [first = '', second, ...rest] = splitUnescaped(text, '|').map(unescaped);
  const { valueTypes } = parameter;
  const folds = !valueTypes || foldedTypes.some((type) => valueTypes.has(type));
  if (second === undefined && first !== '') return { by: 'code', code: first, folds };
  if (second === undefined || rest.length > 0 || (first === '' && second === '')) {
    throw invalidValue(parameter, 'code, system|code, |code or system|');
  }
  return second === ''
    ? { by: 'system', system: first }
    : { by: 'system-code', system: first, code: second, folds };
}

function parseOfType(text: string, parameter: Parameter): TokenTerm {
  const [system, code, value, ...rest] = splitUnescaped(text, '|').map(unescaped);
  if (!system || !code || !value || rest.length > 0) {
    throw invalidValue(parameter, "system|code|value with ':of-type'");
  }
  return { by: 'type', system, code, value };
}

export function planToken(term: TokenTerm, name: string): PlanNode {
  switch (term.by) {
    case 'code': {
      const exact = termNode(codeTerm(name, term.code));
      return term.folds ? anyOf([exact, termNode(foldedTerm(name, term.code))]) : exact;
    }
    case 'system-code': {
      const exact = termNode(systemCodeTerm(name, term.system, term.code));
      // A value without a system may be a string, which is folded.
      const folds = term.folds && term.system === '';
      return folds ? anyOf([exact, termNode(foldedTerm(name, term.code))]) : exact;
    }
    case 'system':
      return termNode(systemCodeTerm(name, term.system, ''));
    case 'text':
      return { kind: 'string', match: 'prefix', param: `${name}:text`, text: term.text };
    case 'type':
      return termNode(typeTerm(name, term.system, term.code, term.value));
    case 'value-set':
      return { kind: 'member', param: name, valueSet: term.valueSet, code: term.code };
    case 'codes':
      return anyOf(term.codes.map(({ system, code }) => termNode(systemCodeTerm(name, system, code))));
  }
}

/** A bar in a system is doubled, so that it is not taken for the one that ends it. */
function systemCodeTerm(name: string, system: string, code: string): string {
  return `${name}|${system.includes('|') ? system.replaceAll('|', '||') : system}|${code}`;
}

function codeTerm(name: string, code: string): string {
  return `${name}=${code}`;
}

function foldedTerm(name: string, code: string): string {
  return `${name}~${fold(code)}`;
}

function typeTerm(name: string, system: string, code: string, value: string): string {
  return `${systemCodeTerm(`${name}:of-type`, system, code)}|${value}`;
}

/** Types whose values are texts rather than codes. */
const foldedTypes: readonly string[] = ['string', 'markdown', 'ContactPoint'];

/**
 * The terms that tell one code from another, without those that only say less: what a composite's first half and the
 * joint terms of a patient are made of.
 */
export function codeTerms({ type, value }: TypedValue, name: string, parameter?: Parameter): string[] {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') {
    const code = String(value);
    if (foldedTypes.includes(type)) return [foldedTerm(name, code)];
    const system = type === 'code' ? parameter?.systemOf(code) : undefined;
    const terms = [codeTerm(name, code), systemCodeTerm(name, '', code)];
    return system === undefined ? terms : [...terms, systemCodeTerm(name, system, code)];
  }
  if (!isObject(value)) return [];
  if (type === 'CodeableConcept') {
    const codings = Array.isArray(value.coding) ? value.coding : [];
    return codings.flatMap((coding) => codeTerms({ type: 'Coding', value: coding }, name));
  }
  const code = type === 'Identifier' || type === 'ContactPoint' ? value.value : value.code;
  if (typeof code !== 'string') return [];
  if (type === 'ContactPoint') return [foldedTerm(name, code)];
  const system = typeof value.system === 'string' ? value.system : '';
  return [codeTerm(name, code), systemCodeTerm(name, system, code)];
}

export function addTokenTerms(
  value: TypedValue,
  name: string,
  into: EntryCollector,
  parameter?: Parameter,
): void {
  for (const term of codeTerms(value, name, parameter)) into.terms.add(term);
  for (const system of systemsOf(value, parameter)) into.terms.add(systemCodeTerm(name, system, ''));
}

function systemsOf({ type, value }: TypedValue, parameter: Parameter | undefined): string[] {
  if (type === 'code' && typeof value === 'string') return [parameter?.systemOf(value) ?? []].flat();
  if (!isObject(value) || type === 'ContactPoint') return [];
  const holders = type === 'CodeableConcept' && Array.isArray(value.coding) ? value.coding : [value];
  return holders.map((holder) => holder.system).filter((system) => typeof system === 'string');
}

/** The texts that go with a code. */
function displaysOf({ type, value }: TypedValue): string[] {
  if (!isObject(value)) return [];
  const texts: unknown[] = [];
  if (type === 'Coding') texts.push(value.display);
  if (type === 'Identifier' && isObject(value.type)) texts.push(value.type.text);
  if (type === 'CodeableConcept') {
    texts.push(value.text);
    if (Array.isArray(value.coding)) texts.push(...value.coding.map((coding) => coding.display));
  }
  return texts.filter((text) => typeof text === 'string');
}

function addTypeTerms(identifier: Record<string, unknown>, name: string, into: EntryCollector): void {
  const { type, value } = identifier;
  if (!isObject(type) || !Array.isArray(type.coding) || typeof value !== 'string') return;
  for (const { system, code } of type.coding) {
    if (typeof system === 'string' && typeof code === 'string') {
      into.terms.add(typeTerm(name, system, code, value));
    }
  }
}
