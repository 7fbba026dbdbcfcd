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

t.test('the size that a profile allows', async (t) => {
  const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/maxSize', valueDecimal: 5 }];
  const larger = (element: string, photo: object) => {
    const small = profile('Patient', { [element]: { extension } });
    return errors(
      { resourceType: 'Patient', photo: [photo] },
      { profiles: [small.url] },
      validatorWith(small),
    );
  };
  const text = { contentType: 'text/plain' };
  t.same(larger('Patient.photo', { ...text, data: 'aGVs\nbG8=' }), []);
  t.same(larger('Patient.photo', { ...text, data: 'aGVsbG8h' }), ['value-size @ Patient.photo[0]']);
  t.same(larger('Patient.photo', { size: 5, url: 'http://x.com/a' }), []);
  t.same(larger('Patient.photo', { size: 6, url: 'http://x.com/a' }), ['value-size @ Patient.photo[0]']);
  t.same(larger('Patient.photo', { url: 'http://x.com/a' }), []);
  t.same(larger('Patient.photo.data', { ...text, data: 'aGVsbG8=' }), []);
  t.same(larger('Patient.photo.data', { ...text, data: 'aGVsbG8h' }), ['value-size @ Patient.photo[0].data']);
});
