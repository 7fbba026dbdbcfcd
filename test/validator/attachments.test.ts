/** The size and the hash of an attachment are those of its data. */
import t from 'tap';
import { errors, findings, profile, validatorWith } from './parts.ts';

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

t.test('the size that a profile allows, in bytes or, as R4 has it, in megabytes', async (t) => {
  const larger = (element: string, photo: object, valueDecimal = 5000) => {
    const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/maxSize', valueDecimal }];
    const small = profile('Patient', { [element]: { extension } });
    return errors(
      { resourceType: 'Patient', photo: [photo] },
      { profiles: [small.url] },
      validatorWith(small),
    );
  };
  const text = { contentType: 'text/plain' };
  const base64 = (length: number) => Buffer.alloc(length).toString('base64');
  const linked = (size: number) => ({ size, url: 'http://x.com/a' });
  t.same(larger('Patient.photo', { ...text, data: `${base64(3)}\n${base64(4997)}` }), []);
  t.same(larger('Patient.photo', { ...text, data: base64(5001) }), ['data-size @ Patient.photo[0]']);
  t.same(larger('Patient.photo', linked(5000)), []);
  t.same(larger('Patient.photo', linked(5001)), ['data-size @ Patient.photo[0]']);
  t.same(larger('Patient.photo', linked(2 * 1024 * 1024), 2), []);
  t.same(larger('Patient.photo', linked(2 * 1024 * 1024 + 1), 2), ['data-size @ Patient.photo[0]']);
  t.same(larger('Patient.photo', { url: 'http://x.com/a' }), []);
  t.same(larger('Patient.photo.data', { ...text, data: base64(5000) }), []);
  t.same(larger('Patient.photo.data', { ...text, data: base64(5001) }), [
    'data-size @ Patient.photo[0].data',
  ]);
});
