/**
 * What the rules of the protocol have read, kept while nothing it depends on was written: a write to a course asks for
 * much that has not changed since the write before. What is known rests on the generations (cache/generations), and on
 * nobody else having written to the store.
 */
import type { Resource } from '@medplum/fhirtypes';
import type { ResourceReader } from '../protocol/resource-reader.ts';
import type { StoreTransaction } from '../storage/store.ts';
import type { Services } from './interaction.ts';
import { createResourceReader } from './protocol-reader.ts';

/** Answers and the resources in them that are remembered at most; what was used last stays. */
const most = 10_000;

interface Answer {
  /** What it depends on. */
  readonly scopes: readonly string[];
  /** Of the scopes and of what others wrote, as it was read. */
  readonly stamp: string;
  /** Shared: whoever is given them does not change them. */
  readonly resources: readonly Resource[];
}

export interface ReadMemory {
  /** A reader over a unit of work that reads only what is not known. */
  readerOver(services: Services, transaction: StoreTransaction): Promise<ResourceReader>;
}

export function createReadMemory(): ReadMemory {
  const answers = createAnswers();
  return {
    async readerOver(services, transaction) {
      const reader = createResourceReader(services, transaction);
      const others = await transaction.othersWrites();
      /** Undefined while something in the scopes is being written, in this unit of work or in one before it. */
      const stampOf = (scopes: readonly string[]): string | undefined => {
        const stamp = services.generations.stamp(scopes);
        return stamp === undefined ? undefined : `${others} ${stamp}`;
      };
      async function answer(
        question: string,
        scopesOf: () => readonly string[],
        ask: () => Promise<readonly Resource[]>,
      ): Promise<readonly Resource[]> {
        const known = answers.get(question);
        const scopes = known?.scopes ?? scopesOf();
        const stamp = stampOf(scopes);
        if (known && known.stamp === stamp) return known.resources;
        const resources = await ask();
        if (stamp !== undefined) answers.set(question, { scopes, stamp, resources });
        return resources;
      }
      return {
        async read<T extends Resource>(reference: string) {
          const [found] = await answer(
            reference,
            () => [reference],
            async () => [(await reader.read(reference)) ?? []].flat(),
          );
          return found as T | undefined;
        },
        async find<T extends Resource>(
          type: T['resourceType'],
          parameters: readonly (readonly [string, string])[],
        ) {
          const found = await answer(
            `${type}?${parameters.map((pair) => pair.join('=')).join('&')}`,
            () => services.parseSearch(type, parameters as [string, string][], 'strict').scopes,
            () => reader.find<T>(type, parameters),
          );
          return found as T[];
        },
      };
    },
  };
}

/** Answers by question, the most recently used last, as many as weigh no more than is allowed. */
function createAnswers() {
  const answers = new Map<string, Answer>();
  let weight = 0;
  const weightOf = ({ resources }: Answer) => 1 + resources.length;
  function forget(question: string): void {
    const answer = answers.get(question);
    if (answer && answers.delete(question)) weight -= weightOf(answer);
  }
  return {
    get(question: string): Answer | undefined {
      const answer = answers.get(question);
      if (answer) {
        answers.delete(question);
        answers.set(question, answer);
      }
      return answer;
    },
    set(question: string, answer: Answer): void {
      forget(question);
      answers.set(question, answer);
      weight += weightOf(answer);
      for (const oldest of answers.keys()) {
        if (weight <= most) break;
        forget(oldest);
      }
    },
  };
}
