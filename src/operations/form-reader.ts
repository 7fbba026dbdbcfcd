/**
 * What a form may read while it is filled in: resources and searches of this server, as whoever asks could read them,
 * and a bounded number of them.
 * https://hl7.org/fhir/uv/sdc/populate.html
 */
import { FhirError } from '../core/fhir-error.ts';
import { isLogicalId } from '../core/ids.ts';
import type { Resource } from '../fhir/resource.ts';
import type { RequestContext, Result, Services } from '../interactions/interaction.ts';
import { read } from '../interactions/read.ts';
import { search } from '../interactions/search.ts';
import type { PopulateReader } from '../questionnaire/populate/population.ts';

/** Far more than forms ask: a bound on the work. */
const mostRequests = 500;

export function createFormReader(services: Services, context: RequestContext): PopulateReader {
  let requests = 0;
  const ask = async (request: () => Promise<Result>): Promise<Resource | undefined> => {
    requests += 1;
    if (requests > mostRequests) return undefined;
    try {
      const { body } = await request();
      return body === undefined ? undefined : (JSON.parse(body.toString()) as Resource);
    } catch (error) {
      // What is not there or cannot be searched for stays open in the form, which says so.
      if (error instanceof FhirError) return undefined;
      throw error;
    }
  };
  // A parameter that is not known must not widen what the form asks for.
  const strict: RequestContext = { ...context, handling: 'strict', explain: false };
  return {
    async read(reference) {
      const { type, id } = localReference(context, reference);
      const isHere = services.registry.isResourceType(type) && isLogicalId(id);
      return isHere ? ask(() => read(services, strict, { type, id })) : undefined;
    },
    async search(query) {
      const [type = '', ...rest] = query.split('?');
      if (!services.registry.isResourceType(type)) return undefined;
      const parameters = [...new URLSearchParams(rest.join('?'))];
      return ask(() => search(services, strict, { type, parameters }));
    },
  };
}

/** Reads and finds nothing, when only what was handed in is to be used. */
export const closedReader: PopulateReader = {
  read: async () => undefined,
  search: async () => undefined,
};

function localReference({ baseUrl }: RequestContext, reference: string): { type: string; id: string } {
  const local = reference.startsWith(`${baseUrl}/`) ? reference.slice(baseUrl.length + 1) : reference;
  const [type = '', id = '', ...more] = local.split('/');
  return more.length > 0 ? { type: '', id: '' } : { type, id };
}
