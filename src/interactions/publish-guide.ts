/**
 * The guide among what is served: before the server listens, its artefacts are written into the store, so that they are
 * read and searched like any resource. A note in the store says which artefacts are the guide's and what was written
 * last; while that is what the server comes with, nothing is done. What a client has stored under the type and id of an
 * artefact stays, and goes on being the client's: that artefact is then not served.
 */
import type { Log } from '../core/log.ts';
import { createPauses } from '../core/pauses.ts';
import type { Artefact, Guide } from '../fhir/guide-file.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Services } from './interaction.ts';
import { transact } from './transact.ts';
import { type Work, writeDeletion, writeVersion } from './write-version.ts';

const noteName = 'guide';

/** What the note says. */
interface Published {
  /** Of the guide; empty when one of its artefacts could not be served and is to be tried again. */
  readonly digest: string;
  /** Digest of each artefact by `Type/id`. */
  readonly artefacts: Readonly<Record<string, string>>;
}

const nothing: Published = { digest: '', artefacts: {} };

/**
 * Brings the artefacts in the store to those of the guide: writes what is new or changed, deletes what is gone.
 * @param services that still let artefacts be written
 * @returns `Type/id` of the artefacts that are served
 */
export async function publishGuide(services: Services, guide: Guide, log: Log): Promise<Set<string>> {
  const before = publishedIn(await services.store.note(noteName));
  if (before.digest === guide.digest) return new Set(Object.keys(before.artefacts));
  // Types that R4 does not have are in the guide's package, but nothing asks a server of R4 for them.
  const wanted = guide.artefacts.filter(({ type }) => services.registry.isResourceType(type));
  const artefacts = await transact(services, async (work) => {
    const pause = createPauses();
    const served: Record<string, string> = {};
    for (const artefact of wanted) {
      await pause();
      const { type, id, digest } = artefact;
      const place = `${type}/${id}`;
      if (await publish(services, work, artefact, before.artefacts[place])) served[place] = digest;
      else log.warn({ type }, 'an artefact of the guide is not served: a client has stored one under its id');
    }
    for (const place of Object.keys(before.artefacts)) {
      if (!(place in served)) await withdraw(services, work, place);
    }
    const complete = wanted.length === Object.keys(served).length;
    const published: Published = { digest: complete ? guide.digest : '', artefacts: served };
    await work.transaction.setNote(noteName, JSON.stringify(published));
    return served;
  });
  return new Set(Object.keys(artefacts));
}

function publishedIn(note: string | undefined): Published {
  return note === undefined ? nothing : (JSON.parse(note) as Published);
}

/**
 * @param before digest of what the guide has published in its place
 * @returns whether the artefact is now what the store holds
 */
async function publish(
  services: Services,
  work: Work,
  { type, id, digest, text: read }: Artefact,
  before: string | undefined,
): Promise<boolean> {
  if (before === digest) return true;
  const current = await work.transaction.read(type, id);
  if (before === undefined && current?.body !== undefined) return false;
  const text = read();
  const resource = JSON.parse(text) as Resource;
  await writeVersion(services, work, { method: 'PUT', resource, text, id }, current);
  return true;
}

async function withdraw(services: Services, work: Work, place: string): Promise<void> {
  const [type = '', id = ''] = place.split('/');
  const current = await work.transaction.read(type, id);
  if (current?.body !== undefined) await writeDeletion(services, work, current);
}
