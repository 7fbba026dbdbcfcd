/** An artefact is known by its canonical: base, type and id; so is its file. Nothing comes twice. */
import { base, type GuideOnDisk } from '../guide-on-disk.ts';
import { hasElement } from './metadata.ts';

export function naming({ artefacts }: GuideOnDisk): string[] {
  const wrong: string[] = [];
  const seen = new Map<string, string>();
  const once = (what: string, path: string): void => {
    const other = seen.get(what);
    if (other === undefined) seen.set(what, path);
    else wrong.push(`${path}: ${what} is also that of ${other}`);
  };
  for (const { path, resource } of artefacts) {
    const { resourceType, id, url, name } = resource;
    const canonical = `${base}/${resourceType}/${id}`;
    if (hasElement(resourceType, 'url') && url !== canonical)
      wrong.push(`${path}: its url is not ${canonical}`);
    if (path.split('/').at(-1) !== `${resourceType}-${id}.json`)
      wrong.push(`${path}: its name is not ${resourceType}-${id}.json`);
    once(canonical, path);
    if (name !== undefined) once(`${resourceType} ${String(name)}`, path);
  }
  return wrong;
}
