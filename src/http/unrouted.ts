/**
 * What has no route: a path that exists under other methods (405), an unknown resource type or an unknown path (404).
 * https://hl7.org/fhir/R4/http.html#Status-Codes
 */
import { FhirError, refuse } from '../core/fhir-error.ts';
import { basePath } from './request-context.ts';
import { isName, matchPath } from './route-pattern.ts';
import type { FhirRoute } from './routes/fhir-route.ts';

type RoutePattern = Pick<FhirRoute, 'method' | 'path'>;

/**
 * @param routes rows of the table of interactions
 * @param isResourceType whether a name is that of a resource type
 * @returns explains why a method and a path (percent-encoding and query included) have no route
 */
export function createUnrouted(routes: readonly RoutePattern[], isResourceType: (name: string) => boolean) {
  return (method: string, url: string): FhirError => {
    const path = decodePath(url.split('?', 1)[0]!);
    const segments = path.split('/').filter((segment) => segment !== '');
    if (`/${segments[0]}` !== basePath) return unknownPath();
    const below = segments.slice(1);
    const allowed = allowedMethods(routes, below, isResourceType);
    if (allowed.length > 0 && !allowed.includes(method)) return methodNotAllowed(method, allowed);
    const [type] = below;
    return type === undefined || isName(type) || isResourceType(type) ? unknownPath() : unknownType();
  };
}

function unknownType(): FhirError {
  return refuse('unknown-type', 'The URL does not start with a resource type of FHIR R4');
}

function unknownPath(): FhirError {
  return refuse('unknown-path', 'There is nothing at this URL', {
    hint: `GET ${basePath}/metadata tells what this server does`,
  });
}

function allowedMethods(
  routes: readonly RoutePattern[],
  segments: readonly string[],
  isResourceType: (name: string) => boolean,
): string[] {
  const methods = new Set<string>();
  for (const { method, path } of routes) {
    if (!matchPath(path, segments, isResourceType)) continue;
    methods.add(method);
    if (method === 'GET') methods.add('HEAD');
  }
  return [...methods];
}

function methodNotAllowed(method: string, allowed: readonly string[]): FhirError {
  const { status, issues } = refuse('method-not-allowed', `${method} is not supported at this URL`);
  return new FhirError(status, issues, { Allow: allowed.join(', ') });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refuse('malformed-request', 'The URL is not well-formed');
  }
}
