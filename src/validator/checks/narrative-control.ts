/**
 * What a profile demands of its narrative by the extensions narrative-source-control and narrative-language-control of
 * the HL7 extension pack: that every text says where it comes from, and in which languages it is.
 * https://hl7.org/fhir/extensions/StructureDefinition-narrative-source-control.html
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { ValueCheck } from '../compilation.ts';
import { found, foundAs, type Run } from '../run.ts';

const sourceControl = 'http://hl7.org/fhir/StructureDefinition/narrative-source-control';
const languageControl = 'http://hl7.org/fhir/StructureDefinition/narrative-language-control';
const sources = /\bclass\s*=\s*["'][^"']*\b(?:boilerplate|generated|original)\b/;
const node = /<(\/?)([A-Za-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^'">])*?)(\/?)>|([^<]+)/g;

/** Whether some text of a div stands outside of every element that names its source. */
function hasUnsourcedText(div: string): boolean {
  const sourced: boolean[] = [];
  for (const [, closes, name, attributes = '', empty, text] of div.matchAll(node)) {
    if (text !== undefined) {
      if (text.trim() !== '' && sourced.at(-1) === false) return true;
    } else if (closes) sourced.pop();
    else if (name !== undefined && !empty) sourced.push(sourced.at(-1) === true || sources.test(attributes));
  }
  return false;
}

/** Languages of the sections: divs within the outer one. */
function languagesOf(div: string): Set<string> {
  const inner = div.slice(div.indexOf('>') + 1);
  const sections = inner.matchAll(/<div\b[^>]*?\b(?:xml:)?lang\s*=\s*["']([^"']+)["']/g);
  return new Set([...sections].map(([, language]) => language as string));
}

function languageFits(wanted: string, div: string, run: Run): boolean {
  const languages = languagesOf(div);
  if (wanted === '_no') return languages.size === 0;
  if (wanted === '_yes') return languages.size > 0;
  const language = wanted === '_resource' ? run.scope.resource.language : wanted;
  return typeof language !== 'string' || languages.has(language);
}

export function narrativeControl(definition: ElementDefinition): ValueCheck | undefined {
  const extensions = definition.extension ?? [];
  // Its code is the level of the finding.
  const source = extensions.find(({ url }) => url === sourceControl)?.valueCode;
  const level = source === 'warning' || source === 'information' ? source : 'error';
  const languages = extensions.flatMap(({ url, valueCode }) =>
    url === languageControl && valueCode ? valueCode : [],
  );
  if (source === undefined && languages.length === 0) return undefined;
  return (value, run) => {
    if (!isObject(value) || typeof value.div !== 'string') return;
    const { div } = value;
    if (source && hasUnsourcedText(div)) foundAs(run, level, 'narrative-source', '');
    if (languages.some((wanted) => !languageFits(wanted, div, run))) found(run, 'narrative-language', '');
  };
}
