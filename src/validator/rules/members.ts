/** What a resource holds under some names, at any depth. */
import { isObject, type Resource } from '../../fhir/resource.ts';

export interface Member {
  readonly name: string;
  readonly value: unknown;
  readonly holder: Record<string, unknown>;
  /** The path by which it is defined: without indexes, and once where elements hold others of their kind. */
  readonly path: string;
  /** Where its holder stands; grows to the left as the walk unwinds. */
  place: string;
}

/**
 * Members of one of these names.
 * @param within the names of the elements that lead to them
 */
export function membersOf(
  resource: Resource,
  names: ReadonlySet<string>,
  within: ReadonlySet<string>,
): Member[] {
  const found: Member[] = [];
  const visit = (holder: Record<string, unknown>, path: string): void => {
    for (const name in holder) {
      const value = holder[name];
      if (names.has(name)) found.push({ name, value, holder, path: `${path}.${name}`, place: '' });
      if (typeof value !== 'object' || !within.has(name)) continue;
      if (!Array.isArray(value)) enter(value, name, -1, path);
      else for (let index = 0; index < value.length; index++) enter(value[index], name, index, path);
    }
  };
  const enter = (value: unknown, name: string, index: number, path: string): void => {
    if (!isObject(value)) return;
    const start = found.length;
    visit(value, path.endsWith(`.${name}`) ? path : `${path}.${name}`);
    if (found.length === start) return;
    const step = index === -1 ? name : `${name}[${index}]`;
    for (const member of found.slice(start)) member.place = `.${step}${member.place}`;
  };
  visit(resource, resource.resourceType);
  for (const member of found) member.place = resource.resourceType + member.place;
  return found;
}
