/**
 * What keeps a SearchParameter of a client from being searched by: it must be found under a code of its own, be
 * defined on types that R4 has, and have an expression that is understood and can find something there.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Issue } from '../core/issue.ts';
import type { Registry } from '../fhir/registry.ts';
import type { ExpressionCompiler } from '../fhirpath/expression.ts';
import { type ParametersOf, parameterOf } from './type-parameters.ts';

export interface CheckOptions {
  readonly registry: Registry;
  /** Refuses what no definition has. */
  readonly compile: ExpressionCompiler;
  /** The parameters there are already. */
  readonly parametersOf: ParametersOf;
  /** Definitions of clients that it may refer to. */
  readonly custom: readonly SearchParameter[];
  /** Those of them that have their codes already. */
  readonly taken: readonly SearchParameter[];
}

/** Whether a definition is there to be searched by, and not one that the server comes with. */
export function isInUse(definition: SearchParameter, registry: Registry): boolean {
  return definition.status === 'active' && registry.searchParameter(definition.url ?? '') === undefined;
}

/** @param definition in use */
export function searchParameterIssues(definition: SearchParameter, options: CheckOptions): Issue[] {
  const { registry, compile, parametersOf } = options;
  const { code, url, type, expression, base = [] } = definition;
  const issues: Issue[] = [];
  const say = (key: string, element: string, text: string): void => {
    issues.push({
      severity: 'error',
      code: 'business-rule',
      key,
      text,
      expression: `SearchParameter${element}`,
    });
  };
  const invalid = (element: string, text: string): void => say('search-parameter-invalid', element, text);

  for (const [i, name] of base.entries()) {
    if (!isResourceName(name, registry))
      invalid(`.base[${i}]`, 'A search parameter is defined on resource types');
  }
  if (code === undefined || !/^[A-Za-z][\w-]{0,63}$/.test(code)) {
    invalid('.code', 'A code begins with a letter and goes on with letters, digits, hyphens and underscores');
  }
  if (type === 'special' || expression === undefined) {
    invalid(
      '',
      'Only a search parameter with an expression, and of another type than special, can be searched by',
    );
  }
  if (issues.length > 0) return issues;

  const types = registry.resourceTypes.filter((one) => base.some((name) => registry.model.isA(one, name)));
  const others = options.taken.filter((one) => one.url !== url && one.code === code);
  const clash = types.find(
    (one) =>
      ![undefined, url].includes(parametersOf(one).get(code!)?.url) ||
      others.some((other) => other.base?.some((name) => registry.model.isA(one, name))),
  );
  if (clash) say('search-parameter-clash', '.code', `${clash} has another search parameter of this code`);
  const custom = [...options.custom.filter((one) => one.url !== url), definition];
  for (const resourceType of types) {
    const parameter = parameterOf(registry, resourceType, definition, custom);
    if (!parameter) {
      invalid(
        '.expression',
        `Nothing of ${resourceType} is found by this expression as a value of this type`,
      );
    } else if (type === 'composite' && parameter.components.length !== definition.component?.length) {
      invalid(
        '.component',
        'A component names a search parameter that is not known, or lacks its expression',
      );
    } else if (!parameter.parts.every((part) => compiles(compile, part.expression, resourceType))) {
      invalid(
        '.expression',
        `The expression is not understood on ${resourceType}, or asks for more than is allowed`,
      );
    } else continue;
    break;
  }
  return issues;
}

function isResourceName(name: string, registry: Registry): boolean {
  return registry.isResourceType(name) || name === 'Resource' || name === 'DomainResource';
}

/** fhirpath.js, which takes what the compiler does not, cannot be held to a number of steps. */
function compiles(compile: ExpressionCompiler, expression: string, resourceType: string): boolean {
  try {
    return compile(expression, resourceType).engine === 'compiled';
  } catch {
    return false;
  }
}
