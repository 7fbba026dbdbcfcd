/**
 * Opaque cursors: the state of a paged answer, encrypted, so that a link shows no value and cannot be made up.
 * Text: base64url of nonce, ciphertext and tag (AES-256-GCM).
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { refuse } from '../core/fhir-error.ts';
import type { Position } from './plan.ts';

/** What the next page needs to know. */
export interface CursorState {
  /** Resource type. */
  readonly type: string;
  /** `Patient/1`, of a search within a compartment. */
  readonly compartment?: string;
  /** The parameters that were applied, decoded. */
  readonly parameters: readonly (readonly [string, string])[];
  /** Where the page before ended. */
  readonly position: Position;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** @param secret 32 bytes that stay with the data */
export function sealCursor(secret: Uint8Array, state: CursorState): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, secret, nonce);
  const sealed = cipher.update(JSON.stringify(state), 'utf8');
  return Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** @throws FhirError `invalid-parameter` for a text that was not sealed with this secret */
export function openCursor(secret: Uint8Array, text: string): CursorState {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const tag = bytes.subarray(-tagBytes);
    if (tag.length !== tagBytes) throw new RangeError('too short');
    const decipher = createDecipheriv(algorithm, secret, bytes.subarray(0, nonceBytes));
    decipher.setAuthTag(tag);
    const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
    return JSON.parse(opened + decipher.final('utf8')) as CursorState;
  } catch {
    throw refuse('invalid-parameter', 'The cursor is not one of this server', {
      hint: 'Follow the links of a search result as they are; start the search again',
    });
  }
}
