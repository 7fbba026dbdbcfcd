/** What a resource holds under some names, at any depth. */
import { isObject, type Resource } from '../../fhir/resource.ts';

export interface Member {
  readonly name: string;
  readonly value: unknown;
  /** What holds it, and where that stands. */
  readonly holder: Record<string, unknown>;
  readonly place: string;
}

/** Members of one of these names; what is contained is a resource of its own. */
export function membersOf(resource: Resource, names: ReadonlySet<string>): Member[] {
  const found: Member[] = [];
  const visit = (holder: Record<string, unknown>, place: string): void => {
    for (const [name, value] of Object.entries(holder)) {
      if (names.has(name)) found.push({ name, value, holder, place });
      if (typeof value !== 'object' || name === 'contained') continue;
      const step = `${place}.${name.replace(/^value[A-Z].*/, 'value')}`;
      if (isObject(value)) visit(value, step);
      else if (Array.isArray(value))
        value.forEach((one: unknown, index) => {
          if (isObject(one)) visit(one, `${step}[${index}]`);
        });
    }
  };
  visit(resource, resource.resourceType);
  return found;
}
