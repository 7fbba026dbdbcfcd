/**
 * The asynchronous pattern: `Prefer: respond-async` is answered at once with the URL at which the answer will be, as
 * a Bundle whose entry is what the request would have been answered with. A batch is answered by its own Bundle.
 * https://hl7.org/fhir/R5/async-bundle.html
 */
import { refuse } from '../../core/fhir-error.ts';
import { bundleResult } from '../../interactions/batch.ts';
import type { AsyncJobs } from '../async-jobs.ts';
import { readPreferences } from '../request-context.ts';
import type { FhirRoute } from './fhir-route.ts';

const path = '_async';

/** How long a client should wait before it asks again, seconds. */
const retryAfter = '1';

/** The row as it is, but for requests that prefer to come back for the answer. */
export function deferrable(jobs: AsyncJobs, route: FhirRoute): FhirRoute {
  if (!route.asynchronous) return route;
  return {
    ...route,
    handle: async (services, context, request) => {
      if (!readPreferences(request.header('prefer')).respondAsync)
        return route.handle(services, context, request);
      const answersBundle = route.interactions?.includes('batch') ?? false;
      const id = jobs.start(async () => {
        const result = await route.handle(services, context, request);
        return answersBundle ? result : bundleResult('batch-response', context, [result]);
      });
      return { status: 202, contentLocation: `${context.baseUrl}/${path}/${id}` };
    },
  };
}

export function asyncRoutes(jobs: AsyncJobs): FhirRoute[] {
  const unknown = () => refuse('not-found', 'No work is in progress or done under this URL');
  return [
    {
      method: 'GET',
      path: `/${path}/:id`,
      handle: async ({ clock }, context, { id }) => {
        const job = jobs.find(id);
        if (!job) throw unknown();
        const { result } = job;
        if (result) return result.status === 200 ? result : bundleResult('batch-response', context, [result]);
        const seconds = Math.floor((clock.now() - job.started) / 1000);
        return {
          status: 202,
          headers: { 'x-progress': `in progress for ${seconds} s`, 'retry-after': retryAfter },
        };
      },
    },
    {
      method: 'DELETE',
      path: `/${path}/:id`,
      handle: async (_services, _context, { id }) => {
        if (!jobs.cancel(id)) throw unknown();
        return { status: 202 };
      },
    },
  ];
}
