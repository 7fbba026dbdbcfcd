/** The patterns of the table of interactions, held against a path: `/:type/:id/_history`. */
import { everyMember } from '../search/compartment.ts';

export interface PathParameters {
  readonly type?: string;
  readonly id?: string;
  readonly version?: string;
  readonly member?: string;
}

/** Whether a segment names a part of the API (`_history`, `$validate`, `.well-known`) instead of a type or an id. */
export function isName(segment: string): boolean {
  return /^[_$.]/.test(segment);
}

/**
 * @param segments of the path below the base, decoded
 * @param isResourceType whether a name is that of a resource type
 * @returns what the names of the pattern stand for; undefined when the path is not of this pattern
 */
export function matchPath(
  pattern: string,
  segments: readonly string[],
  isResourceType: (name: string) => boolean,
): PathParameters | undefined {
  const parts = pattern.split('/').filter((part) => part !== '');
  if (parts.length !== segments.length) return undefined;
  const fits = parts.every((part, i) => {
    const segment = segments[i]!;
    if (part === ':member' && segment === everyMember) return true;
    if (part === ':type' || part === ':member') return isResourceType(segment);
    return part.startsWith(':') ? !isName(segment) : part === segment;
  });
  if (!fits) return undefined;
  const named = parts.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), segments[i]!]] : []));
  return Object.fromEntries(named) as PathParameters;
}
