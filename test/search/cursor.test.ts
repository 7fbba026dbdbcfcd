/** Cursors come back as they were sealed, and only those. */
import { randomBytes } from 'node:crypto';
import t from 'tap';
import { FhirError } from '../../src/core/fhir-error.ts';
import { type CursorState, openCursor, sealCursor } from '../../src/search/cursor.ts';

const secret = randomBytes(32);
const state: CursorState = {
  type: 'Observation',
  parameters: [
    ['patient', 'Patient/ketamine-1'],
    ['_sort', '-date'],
  ],
  position: { keys: [8.64e15, 'Müller', null], row: 7 },
};

function refused(text: string, key: Uint8Array = secret): boolean {
  try {
    openCursor(key, text);
    return false;
  } catch (error) {
    return error instanceof FhirError && error.status === 400 && error.issues[0]?.key === 'invalid-parameter';
  }
}

t.test('what was sealed opens', (t) => {
  t.same(openCursor(secret, sealCursor(secret, state)), state);
  t.end();
});

t.test('a cursor fits a URL and shows no value', (t) => {
  const text = sealCursor(secret, state);
  t.match(text, /^[\w-]+$/);
  t.notMatch(Buffer.from(text, 'base64url').toString('latin1'), /ketamine/);
  t.not(text, sealCursor(secret, state), 'nor whether two are the same');
  t.end();
});

t.test('a cursor that was changed, cut, made up or sealed elsewhere is refused', (t) => {
  const text = sealCursor(secret, state);
  const bytes = Buffer.from(text, 'base64url');
  for (const position of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[position]! ^= 1;
    t.ok(refused(changed.toString('base64url')), `byte ${position} changed`);
  }
  t.ok(refused(bytes.subarray(0, 20).toString('base64url')), 'cut');
  t.ok(refused(''), 'empty');
  t.ok(refused('not-a-cursor'), 'made up');
  t.ok(refused(text, randomBytes(32)), 'sealed with another secret');
  t.end();
});
