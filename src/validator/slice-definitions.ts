/**
 * What a slice says at the end of a discriminator's path: in its own elements, in a fixed value or pattern around them,
 * or in the profile of its type.
 * https://hl7.org/fhir/R4/profiling.html#discriminator
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { lastStep } from '../fhir/last-step.ts';
import { isObject } from '../fhir/resource.ts';
import { fixedValue, patternValue } from './checks/fixed.ts';
import type { Compilation } from './compilation.ts';
import type { Step } from './discriminator-path.ts';
import { type ElementNode, elementTree } from './element-tree.ts';

/** The elements of a slice's definition that a discriminator path leads to. */
export function definitionsAt(
  slice: ElementNode,
  steps: readonly Step[],
  compilation: Compilation,
): ElementNode[] {
  let nodes = [slice];
  for (const step of steps) {
    if (step.kind === 'resolve') nodes = nodes.map((node) => targetOf(node, compilation));
    else if (step.kind !== 'ofType')
      nodes = nodes.flatMap((node) => childDefinitions(node, step, compilation));
  }
  return nodes;
}

/** A node of the tree that no definition wrote down. */
function madeNode(name: string, says: object): ElementNode {
  return { definition: says as ElementDefinition, name, choice: false, children: [], slices: [] };
}

/** What a reference leads to: an element of the types and the profiles of its targets. */
function targetOf({ definition }: ElementNode, compilation: Compilation): ElementNode {
  const urls = (definition.type ?? []).flatMap(({ targetProfile }) => targetProfile ?? []);
  const type = urls.map((url) => ({
    code: compilation.structure(url)?.type ?? lastStep(url),
    profile: [url],
  }));
  return madeNode('', { type });
}

const withoutVersion = (canonical: string) => canonical.split('|')[0] as string;

function childDefinitions(node: ElementNode, step: Step, compilation: Compilation): ElementNode[] {
  const given = partOfPattern(node, step);
  if (given.length > 0) return given;
  const name = step.kind === 'extension' ? 'extension' : step.name;
  const child = node.children.find((one) => one.name === name);
  const all = child ? [child, ...child.slices] : [];
  const fitting = step.kind === 'extension' ? all.filter((one) => isOfUrl(one, step.name)) : all;
  const [url, ...others] = (node.definition.type ?? []).flatMap(({ profile }) => profile ?? []);
  // Of an extension whose definition is not known, the elements inside do not say which url it has.
  const isBare =
    url !== undefined && name === 'url' && !fitting.some(({ definition }) => definition.fixedUri);
  if (fitting.length > 0 && !isBare) return fitting;
  // Of several profiles any may be met: what one of them says need not hold.
  if (url === undefined || others.length > 0) return [];
  const structure = compilation.structure(url);
  // The url of an extension is the canonical of its definition, known or not.
  if (!structure) return name === 'url' ? [madeNode(name, { fixedUri: withoutVersion(url) })] : [];
  const tree = elementTree(structure);
  return tree ? childDefinitions({ ...tree, definition: {} as ElementDefinition }, step, compilation) : [];
}

/** Whether an extension is one of a url: by its profile or, as a part of another, by its url itself. */
function isOfUrl({ definition, children }: ElementNode, url: string): boolean {
  const profiled = definition.type?.some(({ profile }) => profile?.map(withoutVersion).includes(url));
  return (
    profiled || children.some(({ name, definition: { fixedUri } }) => name === 'url' && fixedUri === url)
  );
}

/** What a fixed value or pattern of an element says about a child, as if the child's own definition said it. */
function partOfPattern({ definition }: ElementNode, { kind, name }: Step): ElementNode[] {
  const whole = fixedValue(definition) ?? patternValue(definition);
  if (kind !== 'child' || !isObject(whole) || whole[name] === undefined) return [];
  const part: unknown[] = Array.isArray(whole[name]) ? whole[name] : [whole[name]];
  // Whatever its type: a pattern of an object, a fixed value of a primitive.
  return part.map((value) =>
    madeNode(name, isObject(value) ? { patternElement: value } : { fixedValue: value }),
  );
}
