/** Writes `examples/<key>/bundle.json` of each story anew: `node test/guide/stories/write.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { courseBundle } from '../../../src/cli/demo/course-bundle.ts';
import { guideDisplays, withDisplays } from '../../../src/cli/demo/guide-displays.ts';
import { stories } from './stories.ts';

const displays = guideDisplays();
for (const story of stories) {
  const folder = new URL(`../../../examples/${story.key}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  const bundle = withDisplays(courseBundle(story), displays);
  writeFileSync(new URL('bundle.json', folder), `${JSON.stringify(bundle, null, 2)}\n`);
}
