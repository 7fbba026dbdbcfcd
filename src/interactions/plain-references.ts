/**
 * References as the rules of the protocol compare them: `Type/id` for what this server holds, however a client wrote
 * it, with the server's own base or with a version.
 */
import type { Services } from './interaction.ts';

/** Hardly any resource has such references, and walking objects is dear: the text is asked first. */
const isUnusual = /"reference"\s*:\s*"(?:https?:|[^"]*\/_history\/)/;

/** The resource that a JSON text holds, with its references plain. */
export function parsePlain<T>(services: Pick<Services, 'localReference'>, text: string): T {
  const resource = JSON.parse(text) as T;
  if (isUnusual.test(text)) makePlain(resource, services.localReference);
  return resource;
}

/**
 * The resource itself, or a copy with its references plain.
 * @param text what the resource was read from
 */
export function withPlainReferences<T>(
  services: Pick<Services, 'localReference'>,
  resource: T,
  text: string,
): T {
  if (!isUnusual.test(text)) return resource;
  const copy = structuredClone(resource);
  makePlain(copy, services.localReference);
  return copy;
}

function makePlain(value: unknown, targetOf: Services['localReference']): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === 'reference' && typeof member === 'string')
      (value as Record<string, unknown>)[key] = targetOf(member) ?? member;
    else makePlain(member, targetOf);
  }
}
