/**
 * Each example of the guide is broken in one place at a time, by a generator that reads the profile: what is needed is
 * left out, a type is changed, a code is taken from nowhere, an element is invented. Every break must be found where
 * it was made. The score is printed.
 */
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { isObject, type Resource } from '../../src/fhir/resource.ts';
import { choiceKey, type ElementNode, elementTree, typeCodes } from '../../src/validator/element-tree.ts';
import { registry, validator } from './parts.ts';

interface Mutation {
  readonly kind: 'cardinality' | 'type' | 'binding' | 'fixed' | 'unknown';
  readonly resource: Resource;
  /** The element that was changed, or that lacks something now. */
  readonly expression: string;
}

type Path = readonly (string | number)[];

const examples = 'examples/trd-iv-six/bundle.json';
const guide = 'https://w3id.org/kat-fhir/StructureDefinition/';

function changed(resource: Resource, path: Path, value: unknown): Resource {
  const copy = structuredClone(resource) as Record<string, unknown>;
  let holder: Record<string | number, unknown> = copy;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
  const last = path.at(-1) as string | number;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy as Resource;
}

const isOneOf = (value: unknown, types: readonly string[]) =>
  types.some((type) => (type === 'boolean' ? typeof value === 'boolean' : typeof value === 'string'));

/** Everything that can be broken at one element of a resource and below. */
function* mutations(
  resource: Resource,
  node: ElementNode,
  value: Record<string, unknown>,
  path: Path,
  expression: string,
): Generator<Mutation> {
  yield {
    kind: 'unknown',
    resource: changed(resource, [...path, 'invented'], 'x'),
    expression: `${expression}.invented`,
  };
  for (const child of node.children) {
    const { definition, name } = child;
    const key = child.choice
      ? typeCodes(definition)
          .map((type) => choiceKey(name, type))
          .find((one) => one in value)
      : name;
    if (key === undefined || value[key] === undefined) continue;
    const at = [...path, key];
    const place = `${expression}.${name}`;
    if ((definition.min ?? 0) > 0 && value[`_${key}`] === undefined) {
      yield { kind: 'cardinality', resource: changed(resource, at, undefined), expression };
    }
    const values = Array.isArray(value[key]) ? (value[key] as unknown[]) : [value[key]];
    for (const [index, one] of values.entries()) {
      const where = Array.isArray(value[key]) ? [...at, index] : at;
      const here = Array.isArray(value[key]) ? `${place}[${index}]` : place;
      yield { kind: 'type', resource: changed(resource, where, 17.5), expression: here };
      const required = definition.binding?.strength === 'required' && isOneOf(one, typeCodes(definition));
      if (required && typeof one === 'string' && typeCodes(definition)[0] === 'code') {
        yield { kind: 'binding', resource: changed(resource, where, 'no-such-code'), expression: here };
      }
      if ('fixedUri' in definition || 'fixedCode' in definition) {
        yield { kind: 'fixed', resource: changed(resource, where, 'other'), expression: here };
      }
      if (isObject(one)) yield* mutations(resource, child, one, where, here);
    }
  }
}

/** A number is no change where a number is right. */
const isNumber = ({ kind, resource, expression }: Mutation, original: Resource) =>
  kind === 'type' &&
  /\.(value|valueDecimal)$/.test(expression) &&
  JSON.stringify(resource).length > 0 &&
  typeAt(original, expression);

function typeAt(resource: Resource, expression: string): boolean {
  let value: unknown = resource;
  for (const step of expression.split('.').slice(1)) {
    const [, name = '', index] = /^(\w+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const holder = value as Record<string, unknown>;
    const key = name in holder ? name : Object.keys(holder).find((one) => one.startsWith(name));
    value = key === undefined ? undefined : holder[key];
    if (index !== undefined) value = (value as unknown[])[Number(index)];
  }
  return typeof value === 'number';
}

t.test(
  'every break of an example of the guide is found where it was made',
  { skip: existsSync(examples) ? false : 'no examples' },
  async (t) => {
    const bundle = JSON.parse(readFileSync(examples, 'utf8')) as { entry: { resource: Resource }[] };
    const seen = new Set<string>();
    const score = new Map<string, { made: number; found: number }>();
    for (const { resource } of bundle.entry) {
      const url = resource.meta?.profile?.find((one) => one.startsWith(guide));
      if (url === undefined || seen.has(url)) continue;
      seen.add(url);
      t.same(
        validator.validate(resource).filter(({ severity }) => severity === 'error'),
        [],
        `${url} is right before`,
      );
      const structure = registry.structure(url);
      const tree = structure && elementTree(structure);
      if (!tree) throw new Error(`no tree of ${url}`);
      for (const mutation of mutations(resource, tree, resource, [], resource.resourceType)) {
        if (isNumber(mutation, resource)) continue;
        const count = score.get(mutation.kind) ?? { made: 0, found: 0 };
        score.set(mutation.kind, count);
        count.made++;
        const errors = validator.validate(mutation.resource).filter(({ severity }) => severity === 'error');
        const found = errors.some(
          ({ expression = '' }) =>
            expression === mutation.expression || expression.startsWith(`${mutation.expression}.`),
        );
        if (found) count.found++;
        else
          t.fail(
            `${mutation.kind} at ${mutation.expression} of ${url}; said: ${errors.map(({ key, expression }) => `${key} @ ${expression}`)}`,
          );
      }
    }
    for (const [kind, { made, found }] of score) t.comment(`${kind}: ${found} of ${made} found`);
    t.ok(seen.size >= 6, 'the story has an example of nearly every profile');
    t.ok([...score.values()].reduce((sum, { made }) => sum + made, 0) > 300);
  },
);

t.test(
  'a medicine session without a therapist breaks kat-ms-3',
  { skip: existsSync(examples) ? false : 'no examples' },
  async (t) => {
    const bundle = JSON.parse(readFileSync(examples, 'utf8')) as { entry: { resource: Resource }[] };
    const session = bundle.entry
      .map(({ resource }) => resource)
      .find(({ meta }) => meta?.profile?.includes(`${guide}kat-medicine-session`));
    if (!session) throw new Error('no medicine session');
    const broken = structuredClone(session);
    for (const performer of broken.performer as Record<string, unknown>[]) delete performer.function;
    const errors = validator.validate(broken).filter(({ key }) => key === 'kat-ms-3');
    t.same(
      errors.map(({ severity, expression }) => [severity, expression]),
      [['error', 'Procedure']],
    );
  },
);
