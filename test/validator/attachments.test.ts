/** The size and the hash of an attachment are those of its data. */
import t from 'tap';
import { errors, findings } from './parts.ts';

const patient = (photo: object) => ({
  resourceType: 'Patient',
  photo: [{ contentType: 'text/plain', data: 'aGVsbG8=', ...photo }],
});

t.test('the size', async (t) => {
  t.same(errors(patient({ size: 5 })), []);
  t.same(errors(patient({ size: 5, data: 'aGVs\nbG8=' })), [], 'white space does not count');
  t.same(
    errors(patient({ size: 8 })),
    ['attachment-size @ Patient.photo[0]'],
    'of the bytes, not of the text',
  );
  t.same(errors({ resourceType: 'Patient', photo: [{ url: 'http://x.com/a', size: 7 }] }), [], 'elsewhere');
});

t.test('the hash', async (t) => {
  // SHA-1 of "hello", in base64.
  t.same(findings(patient({ hash: 'qvTGHdzF6KLavt4PO0gs2a6pQ00=' }), 'warning'), []);
  t.same(findings(patient({ hash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }), 'warning'), [
    'attachment-hash @ Patient.photo[0]',
  ]);
});
