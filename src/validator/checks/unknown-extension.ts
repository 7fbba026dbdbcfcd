/**
 * Extensions whose definitions are not known: what their urls tell all the same.
 * https://hl7.org/fhir/R4/extensibility.html#extension
 */
import type { Compilation } from '../compilation.ts';
import { found, foundAs, foundOnce, type Run } from '../run.ts';
import { isExampleUrl } from './url.ts';

/** Extensions that DICOM defines, without StructureDefinitions. */
const dicom = 'http://nema.org/fhir/extensions#';

/** How the url of an element of a version of FHIR begins. https://hl7.org/fhir/R4/versions.html#extensions */
const ofVersion = /^http:\/\/hl7\.org\/fhir\/\d\.\d\/StructureDefinition\/extension-/;

/** An element of another version, as an extension: `http://hl7.org/fhir/5.0/StructureDefinition/extension-…`. */
const otherVersion =
  /^http:\/\/hl7\.org\/fhir\/(?:1\.0|3\.0|4\.0|4\.3|5\.0)\/StructureDefinition\/extension-[A-Z][A-Za-z]+\.[A-Za-z][A-Za-z0-9.]*(?:\[x\])?$/;

const isExample = (url: string, run: Run) =>
  url.startsWith(dicom) || (isExampleUrl(url) && run.options.exampleUrls !== false);

export const unknownSeverity = ({ options }: Run) => options.unknownExtension ?? 'warning';

/** @param inExtension whether it is a part of another extension: then its url may be relative */
export function checkUnknown(url: unknown, run: Run, inExtension: boolean, compilation: Compilation): void {
  if (typeof url !== 'string' || url === '') return;
  if (!url.includes(':')) {
    if (!inExtension) found(run, 'extension-url', '');
  } else if (isExample(url, run)) foundOnce(run, 'extension-example', '');
  else if (otherVersion.test(url)) foundOnce(run, 'extension-version', '');
  else if (ofVersion.test(url)) found(run, 'extension-version-unknown', '');
  else if (url.includes('|') && compilation.structure(url.slice(0, url.indexOf('|')))?.type === 'Extension')
    found(run, 'extension-url-version', '');
  else foundAs(run, unknownSeverity(run), 'extension-unknown', '');
}
