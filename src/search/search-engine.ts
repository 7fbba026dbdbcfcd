/**
 * Indexer and search parser over one set of parameters, which clients may add to while the server runs: what is being
 * indexed is indexed with every write from then on, but only searched by once every resource is.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import type { SearchParameter } from '@medplum/fhirtypes';
import type { Clock } from '../core/clock.ts';
import type { Registry } from '../fhir/registry.ts';
import type { ExpressionCompiler } from '../fhirpath/expression.ts';
import { createIndexer } from './create-indexer.ts';
import { createSearchParser } from './create-search-parser.ts';
import type { Indexer } from './indexer.ts';
import type { CodeExpansion } from './params/token.ts';
import type { SearchParser } from './search-request.ts';
import { createTypeParameters, type ParametersOf } from './type-parameters.ts';

/** The definitions of clients. */
export interface CustomDefinitions {
  /** Every resource is indexed by them. */
  readonly ready: readonly SearchParameter[];
  readonly pending: readonly SearchParameter[];
}

export interface SearchEngine {
  /** Always the current one. */
  readonly indexer: Indexer;
  readonly parseSearch: SearchParser;
  /** The parameters that can be searched by. */
  readonly parametersOf: ParametersOf;
  /** Changes with the definitions. */
  revision(): number;
  /**
   * Puts the definitions of clients in place of those before.
   * @param progressOf how far one of the pending ones is, in words
   */
  use(definitions: CustomDefinitions, progressOf: (definition: SearchParameter) => string): void;
}

export interface SearchEngineOptions {
  readonly registry: Registry;
  readonly compile: ExpressionCompiler;
  /** For expressions of clients: does not let them run for long. */
  readonly compileCustom: ExpressionCompiler;
  readonly localBases: readonly string[];
  readonly expandCodes: CodeExpansion;
  readonly clock?: Clock;
}

export function createSearchEngine(options: SearchEngineOptions): SearchEngine {
  const { registry } = options;
  let revision = 0;
  let current = parts({ ready: [], pending: [] }, () => '');

  function parts({ ready, pending }: CustomDefinitions, progressOf: (definition: SearchParameter) => string) {
    const parametersOf = createTypeParameters(registry, ready);
    const indexed =
      pending.length === 0 ? parametersOf : createTypeParameters(registry, [...ready, ...pending]);
    const indexer = createIndexer({ ...options, parametersOf: indexed });
    const parseSearch = createSearchParser({
      ...options,
      parametersOf,
      pending(resourceType, code) {
        const url = indexed(resourceType).get(code)?.url;
        const definition = pending.find((one) => one.url === url);
        return definition && progressOf(definition);
      },
    });
    return { parametersOf, indexer, parseSearch };
  }

  return {
    indexer: {
      index: (resource) => current.indexer.index(resource),
      references: (resource, parameter) => current.indexer.references(resource, parameter),
      sortValue: (parameter, resource) => current.indexer.sortValue(parameter, resource),
    },
    parseSearch: (...search) => current.parseSearch(...search),
    parametersOf: (resourceType) => current.parametersOf(resourceType),
    revision: () => revision,
    use(definitions, progressOf) {
      current = parts(definitions, progressOf);
      revision++;
    },
  };
}
