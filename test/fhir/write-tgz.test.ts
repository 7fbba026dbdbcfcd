import t from 'tap';
import { tarEntries } from '../../src/fhir/tar-entries.ts';
import { writeTgz } from '../../src/fhir/write-tgz.ts';

const entries = [
  { path: 'package/package.json', content: Buffer.from('{}') },
  { path: 'package/whole-block.json', content: Buffer.alloc(512, 65) },
  { path: 'package/more.json', content: Buffer.alloc(513, 66) },
  { path: 'package/empty.json', content: Buffer.alloc(0) },
];

t.test('what is written is read again', async (t) => {
  t.same([...tarEntries(writeTgz(entries))], entries);
});

t.test('the same entries give the same bytes, which say neither when nor where', async (t) => {
  const archive = writeTgz(entries);
  t.same(archive, writeTgz(entries));
  t.equal(archive.readUInt32LE(4), 0, 'no time');
  t.equal(archive[9], 255, 'no operating system');
});

t.test('a path that tar cannot hold is an error', async (t) => {
  const long = { path: 'p'.repeat(101), content: Buffer.alloc(0) };
  t.throws(() => writeTgz([long]), /too long a path/);
});
