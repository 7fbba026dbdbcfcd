/**
 * Every story of `examples/`: its bundle is what its description gives, and its numbered requests, sent in their order
 * to one server, give the status that stands in their first line.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { courseBundle } from '../../src/cli/demo/course-bundle.ts';
import { guideDisplays, withDisplays } from '../../src/cli/demo/guide-displays.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { stories } from './stories/stories.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const names = readdirSync(examples).toSorted();
const requestsOf = (name: string): string[] =>
  readdirSync(join(examples, name))
    .filter((file) => file.endsWith('.http'))
    .toSorted();

interface StoryRequest {
  readonly status: number;
  readonly key: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

/** `### words: status key`, the request line, headers, and after an empty line the body or `< file`. */
function readRequest(story: string, file: string): StoryRequest {
  const [head = '', ...rest] = readFileSync(join(examples, story, file), 'utf8')
    .trimEnd()
    .split('\n\n');
  const content = rest.join('\n\n');
  const [title = '', line = ''] = head.split('\n');
  const [, status, key] = /^### .+: (\d{3})(?: (\S+))?$/.exec(title) ?? [];
  const [method = '', url = ''] = line.split(' ');
  const base = 'http://127.0.0.1:8080/fhir';
  if (!status || !url.startsWith(base)) throw new Error(`${story}/${file} is not understood`);
  const included = /^< (\S+)$/.exec(content)?.[1];
  const body = included === undefined ? content : readFileSync(join(examples, story, included), 'utf8');
  return { status: Number(status), key, method, path: url.slice(base.length), body: body || undefined };
}

t.test('there are nine, each with a telling, a bundle and numbered requests', async (t) => {
  t.equal(names.length, 9);
  t.same(
    stories.map(({ key }) => key).toSorted(),
    names.filter((name) => name !== 'trd-iv-six'),
  );
  for (const name of names) {
    for (const file of ['README.md', 'bundle.json']) t.ok(existsSync(join(examples, name, file)), name);
    const requests = requestsOf(name);
    t.ok(requests.length >= 3, name);
    t.ok(
      requests.every((file, index) => file.startsWith(String(index + 1).padStart(2, '0'))),
      name,
    );
    const telling = readFileSync(join(examples, name, 'README.md'), 'utf8');
    for (const file of requests) t.match(telling, file, 'the telling names each request');
  }
});

t.test('a bundle is what its description gives', async (t) => {
  const displays = guideDisplays();
  for (const story of stories) {
    const text = readFileSync(join(examples, story.key, 'bundle.json'), 'utf8');
    t.same(
      JSON.parse(text),
      JSON.parse(JSON.stringify(withDisplays(courseBundle(story), displays))),
      story.key,
    );
  }
});

t.test('requests, in their order, give the status they name', async (t) => {
  const server: RunningServer = await startServer();
  t.teardown(() => server.close());
  for (const story of names) {
    for (const file of requestsOf(story)) {
      const { status, key, method, path, body } = readRequest(story, file);
      const answer = await server.send(method, path, body === undefined ? {} : { body });
      t.equal(
        answer.status,
        status,
        `${story}/${file} ${answer.status === status ? '' : answer.text.slice(0, 600)}`,
      );
      if (key) t.match(answer.text, `"${key}"`, `${story}/${file}`);
      if (method === 'GET' && !file.includes('no-course'))
        t.ok((answer.body.entry ?? []).length > 0, `${story}/${file} finds something`);
    }
  }
});
