import { gzipSync } from 'node:zlib';
import t from 'tap';
import { readPackage } from '../../src/fhir/read-package.ts';
import { tarEntries } from '../../src/fhir/tar-entries.ts';
import { tarArchive } from '../support/tar-archive.ts';

const profile = { resourceType: 'StructureDefinition', url: 'https://kat.test/StructureDefinition/p' };

t.test('the definitions of a package are those beside its package.json', async (t) => {
  const archive = tarArchive({
    'package/package.json': '{"name":"kat.test","version":"1.0.0"}',
    'package/.index.json': '{"index-version":1,"files":[]}',
    'package/StructureDefinition-p.json': JSON.stringify(profile),
    'package/Patient-a.json': '{"resourceType":"Patient","id":"a"}',
    'package/example/StructureDefinition-x.json':
      '{"resourceType":"StructureDefinition","url":"https://kat.test/x"}',
    'package/readme.md': 'not JSON',
  });
  t.same(readPackage(archive), { name: 'kat.test', definitions: [profile] });
});

t.test('files of an archive keep their path and their bytes, however long', async (t) => {
  const files = {
    'a.txt': '',
    'b.txt': 'x'.repeat(512),
    [`${'folder/'.repeat(30)}c.txt`]: 'ä'.repeat(700),
  };
  const found = [...tarEntries(tarArchive(files))].map(({ path, content }) => [
    path,
    content.toString('utf8'),
  ]);
  t.same(Object.fromEntries(found), files);
});

t.test('what is no archive is an error', async (t) => {
  t.throws(() => readPackage(Buffer.from('{}')));
  t.throws(() => readPackage(gzipSync('x'.repeat(600))));
  const whole = tarArchive({ 'package/a.json': '{"a":' });
  t.throws(() => readPackage(whole), SyntaxError);
});
