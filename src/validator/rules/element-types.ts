/**
 * Elements of a type by the path that a profile gives them: whether they exist, and what they may hold.
 * https://hl7.org/fhir/R4/elementdefinition.html#path
 */
import type { Model } from '../../fhir/model.ts';

/** Types that stand for others: what they lack, those may have. */
const open: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement']);
/** What a primitive type has besides its value. */
const ofPrimitives = new Map([
  ['id', ['string']],
  ['extension', ['Extension']],
  ['value', ['string']],
]);

/** @returns `unknown` when the model does not tell, `none` when there is no such element */
export function typesAt(path: string, model: Model): readonly string[] | 'unknown' | 'none' {
  const [root = '', ...steps] = path.split('.');
  if (!model.type(root)) return 'unknown';
  let types: readonly string[] = [root];
  for (const step of steps) {
    if (types.some((type) => open.has(type) || !model.type(type))) return 'unknown';
    types = types.flatMap((type) => childTypes(type, step, model));
    if (types.length === 0) return 'none';
  }
  return types;
}

/** `value[x]` or, for one of its types, `valueQuantity`. */
function childTypes(type: string, step: string, model: Model): readonly string[] {
  const owner = model.type(type);
  if (!owner) return [];
  if (owner.kind === 'primitive') return ofPrimitives.get(step) ?? [];
  const name = step.replace(/\[x\]$/, '');
  const property = owner.property(name);
  if (property) return property.choice === (name !== step) ? property.types : [];
  const key = owner.key(step);
  return key?.property.choice ? [key.type] : [];
}
