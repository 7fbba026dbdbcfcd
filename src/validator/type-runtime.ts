/**
 * The functions that the generated source of types calls by name. Each takes the run as `x`, reports under a path
 * relative to where the walk stands, and is reached only when something must be looked at or is wrong.
 * https://hl7.org/fhir/R4/json.html
 */
import { once } from '../core/once.ts';
import { isObject } from '../fhir/resource.ts';
import { orderMark } from '../fhir/xml-syntax.ts';
import { checkAttachment } from './checks/attachment.ts';
import type { Binding } from './checks/binding.ts';
import { checkBinding, isMetConcept, isMetMember } from './checks/binding.ts';
import { canonicalType } from './checks/canonical.ts';
import { codingCheck } from './checks/coding.ts';
import { checkExpression, type RunJudge } from './checks/expression.ts';
import { extensionsCheck } from './checks/extension.ts';
import { checkLinkIds } from './checks/link-ids.ts';
import { checkNarrative } from './checks/narrative.ts';
import { inOrder } from './checks/plainly-held.ts';
import { badFormat, isTextIn, primitiveChecks, wrongJson } from './checks/primitive.ts';
import { checkExists, checkTarget, checkType } from './checks/reference.ts';
import { checkReferenceText, typeReader } from './checks/reference-text.ts';
import { checkSamples } from './checks/sampled-data.ts';
import { checkTextLinks } from './checks/text-links.ts';
import { checkUri, isAbsolute } from './checks/url.ts';
import type { Compilation } from './compilation.ts';
import { isCode, isText, isUri, primitiveFormats } from './primitives.ts';
import { found, foundAs, type Run, report, soften, stepAt, under } from './run.ts';

/** How a nested resource is checked: `parent` is the path of the element that holds it, `holder` that element. */
export type NestedCheck = (value: unknown, run: Run, parent: string, holder: Record<string, unknown>) => void;

/** The functions by the names that generated source uses. */
export type TypeRuntime = Readonly<Record<string, unknown>>;

export function typeRuntime(compilation: Compilation, nested: NestedCheck, judge: RunJudge): TypeRuntime {
  const { registry, terminology } = compilation;
  const isResourceType = (name: string) => registry.isResourceType(name);
  const typeAt = typeReader(registry.resourceTypes);
  const extensions = once(() => extensionsCheck(compilation));
  const { coding, quantity } = codingCheck(terminology, registry, checkForms);

  /** `id` and `extension` beside a primitive value. */
  function companion(
    value: unknown,
    x: Run,
    step: string,
    at: string,
    type: string,
    main: unknown,
    valueSet?: string,
  ): void {
    const start = x.count;
    if (!isObject(value)) {
      if (Array.isArray(value)) found(x, 'array-unexpected', '', step);
      else if (value === null) found(x, 'null-unexpected', '', `_${step}`);
      else found(x, 'object-expected', '', `_${step}`, 'Element');
    } else {
      let content = false;
      let empty = true;
      for (const key in value) {
        empty = false;
        if (key === 'extension') {
          content = true;
          // Of all primitives, xhtml alone has no extensions.
          if (type === 'xhtml') found(x, 'cardinality-max', key, key, 0);
          extensions()(value.extension, x, 'extension', at, primitiveHosts(type), value);
        } else if (key === 'id') walk.elementId(value.id, x, !at.startsWith('ElementDefinition.'));
        else unknown(x, key);
      }
      const absent = main === undefined || main === null;
      if (empty || (!content && absent)) noContent(x);
      if (absent && valueSet !== undefined) found(x, 'binding-required', '', valueSet);
    }
    if (x.count !== start) under(x, start, step);
  }

  return {
    ...walk,
    ...primitives,
    under,
    soften,
    companion,
    companions(
      value: unknown,
      x: Run,
      name: string,
      at: string,
      type: string,
      main: unknown,
      valueSet?: string,
    ): void {
      if (!many(x, value, `_${name}`)) return;
      const values = Array.isArray(main) ? main : [];
      if (values.length > 0 && value.length > values.length) found(x, 'companion-length', name, name);
      for (let i = 0; i < value.length; i++) {
        if (value[i] !== null) companion(value[i], x, `${name}[${i}]`, at, type, values[i], valueSet);
        else if (values[i] === undefined) found(x, 'null-unexpected', `${name}[${i}]`, name);
      }
    },
    extensions: ((list, x, field, at, types, holder) =>
      extensions()(list, x, field, at, types, holder)) satisfies ReturnType<typeof extensionsCheck>,
    narrative: checkNarrative,
    nested,
    bound: (value: unknown, x: Run, type: string, binding: Binding) =>
      checkBinding(value, x, type, binding, terminology),
    requiredCode(value: unknown, x: Run, type: string, binding: Binding, name: string, index: number): void {
      if (primitiveChecks[type]?.(value, x, name, index) === true)
        boundCode(value, x, type, binding, name, index);
    },
    boundCode,
    isMetConcept,
    isMetMember,
    target: (value: unknown, x: Run, allowed: ReadonlySet<string>) =>
      checkTarget(value, x, allowed, isResourceType, x.referredType),
    canonicalType(value: unknown, x: Run, step: string, allowed: ReadonlySet<string>): void {
      const type = typeof value === 'string' ? canonicalType(value, x, compilation) : undefined;
      if (type === undefined || allowed.has(type) || allowed.has('Resource')) return;
      found(x, 'canonical-type', step, type, [...allowed].join(', '));
    },
    attachment: checkAttachment,
    expression: (x: Run, language: unknown, text: unknown) => checkExpression(x, language, text, judge),
    linkIds: checkLinkIds,
    samples: checkSamples,
    textLinks: checkTextLinks,
    inOrder,
    coding,
    quantity,
    reference(x: Run, reference: unknown, type: unknown): void {
      if (typeof reference !== 'string') {
        x.referredType = undefined;
        return;
      }
      const isPlain = checkReferenceText(reference, x, typeAt);
      if (!isPlain && !isTextIn(reference, x)) badFormat(x, reference, 'reference', 'string');
      if (x.options.references === 'exist') checkExists(reference, x);
      if (typeof type === 'string') checkType(type, reference, x, isResourceType);
      if (x.referredType === undefined && type === undefined && reference.startsWith('urn:')) {
        x.referredType = '';
      }
    },
  };

  function boundCode(
    value: unknown,
    x: Run,
    type: string,
    binding: Binding,
    name: string,
    index: number,
  ): void {
    const start = x.count;
    checkBinding(value, x, type, binding, terminology);
    if (x.count !== start) under(x, start, stepAt(name, index));
  }
}

const hosts = new Map(Object.keys(primitiveFormats).map((type) => [type, [type, 'Element']]));
const primitiveHosts = (type: string) => hosts.get(type) ?? ['Element'];

/** Names that may be repeated in a text: those of elements, not whatever a sender wrote as a key. */
const elementName = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;

function unknown(x: Run, key: string): void {
  if (key === 'fhir_comments') {
    found(x, 'json-comments', '');
    return;
  }
  const misplaced = key.endsWith(orderMark) ? key.slice(0, -orderMark.length) : '';
  if (elementName.test(misplaced)) found(x, 'element-order', misplaced, misplaced);
  else if (elementName.test(key)) found(x, 'unknown-element', key, key);
  else found(x, 'unknown-element', '', '(its name is not one of an element)');
}

function noContent(x: Run): void {
  const text = 'All FHIR elements must have a @value or children';
  report(x, { key: 'ele-1', severity: 'error', code: 'invariant', text, path: '' });
}

/** The forms of the parts of a coding. */
function checkForms(x: Run, system: unknown, code: unknown, display: unknown): void {
  if (typeof system === 'string') {
    if (!isUri(system)) badFormat(x, system, 'system', 'uri');
    else checkUri(system, x, 'system', -1, 'uri');
  }
  if (typeof code === 'string' && !isCode(code)) badFormat(x, code, 'code', 'code');
  if (typeof display === 'string' && !isText(display)) badFormat(x, display, 'display', 'string');
}

function many(x: Run, value: unknown, name: string): value is unknown[] {
  if (!Array.isArray(value))
    found(x, value === null ? 'null-unexpected' : 'array-expected', name.replace(/^_/, ''), name);
  else if (value.length === 0) found(x, 'array-empty', name.replace(/^_/, ''), name);
  else return true;
  return false;
}

/** Puts the step to an element before what was found in it; its caller does so where none is given. */
function within(x: Run, start: number, step: string | undefined, index: number): void {
  if (step !== undefined) under(x, start, stepAt(step, index));
}

/** Small reports of the walk itself. */
const walk = {
  unknown,
  noContent,
  wrongJson,
  many,
  within,
  shape(x: Run, value: unknown, type: string, step: string | undefined, index: number): void {
    const start = x.count;
    if (Array.isArray(value)) found(x, 'array-unexpected', '', type);
    else if (value === null) found(x, 'null-unexpected', '', type);
    else found(x, 'object-expected', '', 'The value', type);
    within(x, start, step, index);
  },
  choice: (x: Run, name: string) => found(x, 'choice-multiple', name, name),
  missing: (x: Run, name: string) => found(x, 'cardinality-min', '', name, 1),
  most(x: Run, list: unknown[], name: string, max: number): void {
    if (list.length > max) found(x, 'cardinality-max', '', name, max);
  },
  /** A null in an array of primitives stands for a value that has only a companion. */
  nothing(x: Run, companions: unknown, index: number, step: string): void {
    if (!Array.isArray(companions) || !isObject(companions[index])) found(x, 'null-unexpected', step, step);
  },
  /** Ids of elements are any text without white space, and unique within the resource. */
  elementId(value: unknown, x: Run, unique: boolean): void {
    if (typeof value !== 'string') {
      wrongJson(x, value, 'id', 'string');
      return;
    }
    // The ids of a definition's elements have the names of slices in them.
    if (!isText(value) || (unique && !isUri(value)))
      badFormat(x, value, 'id', unique ? 'id of an element' : 'string');
    if (!unique) return;
    x.scope.elementIds ??= new Set();
    if (x.scope.elementIds.has(value)) found(x, 'id-duplicate', '');
    x.scope.elementIds.add(value);
  },
  identifier(x: Run, system: unknown, value: unknown): void {
    if (typeof system !== 'string') return;
    if (!isAbsolute(system) && isUri(system)) found(x, 'identifier-system', 'system');
    if (system !== 'urn:ietf:rfc:3986' || typeof value !== 'string') return;
    if (isAbsolute(value)) return;
    // HL7's own examples of Consent.identifier are none; each snapshot of a profile of Consent holds them.
    if (x.scope.type === 'StructureDefinition') foundAs(x, 'warning', 'identifier-uri', '');
    else found(x, 'identifier-uri', '');
  },
  extensionContent(x: Run): void {
    const text = 'Must have either extensions or value[x], not both';
    report(x, { key: 'ext-1', severity: 'error', code: 'invariant', text, path: '' });
  },
};

/** `p_date` and its like. */
const primitives = Object.fromEntries(
  Object.entries(primitiveChecks).map(([type, check]) => [`p_${type}`, check]),
);
