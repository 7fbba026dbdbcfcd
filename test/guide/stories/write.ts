/** Writes `examples/<key>/bundle.json` of each story anew: `node test/guide/stories/write.ts`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { courseBundle } from '../../../src/cli/demo/course-bundle.ts';
import { guideDisplays, withDisplays } from '../../../src/cli/demo/guide-displays.ts';
import { stories } from './stories.ts';

const displays = guideDisplays();
for (const story of stories) {
  const folder = new URL(`../../../examples/${story.key}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  const bundle = withDisplays(courseBundle(story), displays);
  const input = JSON.stringify(bundle);
  const file = new URL('bundle.json', folder);
  writeFileSync(file, execFileSync('npx', ['biome', 'format', '--stdin-file-path=bundle.json'], { input }));
}
