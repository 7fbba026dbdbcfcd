/** `docs/guide.md` says what the guide and the stories say, and its links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { instruments } from '../../src/questionnaire/score/instruments.ts';
import { jsonFiles } from '../support/guide-files.ts';
import { validator } from '../validator/parts.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const page = textOf('docs/guide.md');

/** Cells of the table under a heading. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = page.split(`\n${heading}\n`);
  const [body = ''] = section.split('\n## ');
  const lines = body.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

t.test('the table of rules is the code system of rules', async (t) => {
  interface Concept {
    readonly code: string;
    readonly display: string;
    readonly definition: string;
    readonly property: readonly { readonly code: string; readonly valueCode: string }[];
  }
  const { concept }: { concept: readonly Concept[] } = JSON.parse(
    textOf('terminology/code-systems/CodeSystem-kat-rule.json'),
  );
  t.same(
    tableUnder('## Rules'),
    concept.map(({ code, display, definition, property }) => [
      code,
      display,
      definition,
      property.map(({ valueCode }) => valueCode).join(', '),
    ]),
  );
});

t.test('the table of stories names each, with the rules that its own page names', async (t) => {
  const stories = tableUnder('## Stories').map(([link = '', , rules = '']) => ({
    name: /^\[([a-z0-9-]+)\]\(\.\.\/examples\/\1\)$/.exec(link)?.[1] ?? link,
    rules,
  }));
  t.same(stories.map(({ name }) => name).toSorted(), readdirSync(new URL('examples', root)).toSorted());
  const words: Readonly<Record<string, string>> = { fail: 'broken', overridden: 'overridden' };
  for (const { name, rules } of stories) {
    const outcomes = textOf(`examples/${name}/README.md`).matchAll(/^\| (R\d\d) \| (fail|overridden) \|/gm);
    const told = [...outcomes].map(([, rule, outcome]) => `${rule} ${words[outcome!]}`);
    t.equal(rules.startsWith('R') ? rules : '', told.join(', '), name);
  }
});

t.test('what a change means is what the instruments have', async (t) => {
  const number = (cell = ''): number => Number(/[\d.]+/.exec(cell)?.[0]);
  const rows = tableUnder('## Scores');
  t.same(
    rows.map(([title]) => title),
    ['PHQ-9', 'GAD-7', 'PCL-5'],
  );
  for (const [title, response = '', remission, important] of rows) {
    const instrument = instruments.find((one) => one.title === title)!;
    const stated = instrument.response!;
    if ('points' in stated) t.equal(number(response), stated.points, title!);
    else t.ok(response.startsWith('fall by half') && stated.fraction === 0.5, title!);
    t.equal(number(remission), instrument.remission!.value + 1, `${title}: below`);
    t.equal(number(important), instrument.importantDifference!.value, title!);
  }
});

t.test('every profile, form and protocol has its place on the page', async (t) => {
  const files = jsonFiles(
    ...['profiles/structure-definitions', 'profiles/questionnaires', 'profiles/plan-definitions'],
  ).map(({ path }) => path);
  t.ok(files.length > 45);
  // The two that say what every form and protocol follows are told by those themselves.
  const told = files.filter((path) => page.includes(`](../${path})`));
  t.same(
    files.filter((path) => !told.includes(path)).map((path) => path.split('StructureDefinition-')[1]),
    ['kat-protocol.json', 'kat-questionnaire.json'],
  );
});

t.test('the table of forms says whose wording each is, as the form does', async (t) => {
  const words: Readonly<Record<string, string>> = {
    authored: 'ours',
    'free-no-permission': 'free, no permission needed',
    'public-domain': 'public domain',
  };
  const rows = tableUnder('## Forms').map(([link = '', , wording]) => [
    /^\[([a-z0-9-]+)\]/.exec(link)?.[1],
    wording,
  ]);
  const forms = jsonFiles('profiles/questionnaires').map(({ resource }) => {
    const extensions = resource.extension as { url: string; valueCode?: string }[];
    const licence = extensions.find(({ url }) => url.endsWith('/kat-instrument-licence'))?.valueCode;
    return [resource.id, words[licence ?? '']];
  });
  t.same(rows.toSorted(), forms.toSorted());
});

t.test('the resources it shows meet the profiles they claim', async (t) => {
  const shown = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text]) => JSON.parse(text!));
  t.ok(shown.length > 0);
  for (const resource of shown) {
    t.ok(resource.meta.profile.length > 0);
    t.same(
      validator.validate(resource).filter(({ severity }) => severity === 'error' || severity === 'warning'),
      [],
    );
  }
});

t.test('every link leads to a file, or to a heading', async (t) => {
  const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, target = ''] of page.matchAll(/\]\(([^)]+)\)/g)) {
    const there = target.startsWith('#')
      ? anchors.includes(target.slice(1))
      : existsSync(new URL(target, new URL('docs/', root)));
    t.ok(there, target);
  }
});
