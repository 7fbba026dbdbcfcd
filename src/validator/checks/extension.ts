/**
 * Extensions: each has a known definition, stands where that definition allows, and has the value it demands.
 * https://hl7.org/fhir/R4/extensibility.html
 */
import type { StructureDefinition, StructureDefinitionContext } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { Compilation, ProfileCheck } from '../compilation.ts';
import { found, foundAs, foundOnce, type Run, under } from '../run.ts';
import { contextCheck, type ExtensionHost } from './extension-context.ts';
import { isExampleUrl } from './url.ts';

interface ExtensionDefinition {
  readonly profile: ProfileCheck;
  readonly url: string;
  readonly modifier: boolean;
  /** Where it may stand: by its newest definition, or by that of R4 itself. */
  readonly contexts: readonly StructureDefinitionContext[];
  /** Urls of the parts of a complex extension. */
  readonly parts: ReadonlySet<string>;
}

/** Checks `extension` or `modifierExtension` of an element. */
export type ExtensionsCheck = (
  list: unknown,
  run: Run,
  field: 'extension' | 'modifierExtension',
  at: string,
  types: readonly string[],
  holder: Record<string, unknown> | undefined,
) => void;

function partUrls(structure: StructureDefinition): Set<string> {
  const urls = new Set<string>();
  for (const element of structure.snapshot?.element ?? []) {
    if (element.path === 'Extension.extension.url' && element.fixedUri) urls.add(element.fixedUri);
  }
  return urls;
}

/**
 * HL7's own extensions: their contexts differ from version to version, and HL7's own definitions and examples do not
 * keep to them. Elsewhere a wrong context is an error.
 */
const core = 'http://hl7.org/fhir/StructureDefinition/';

/** Extensions that DICOM defines, without StructureDefinitions. */
const dicom = 'http://nema.org/fhir/extensions#';

const isExample = (url: string, run: Run) =>
  url.startsWith(dicom) || (isExampleUrl(url) && run.options.exampleUrls !== false);

const unknownSeverity = (run: Run) => run.options.unknownExtension ?? 'warning';

export function extensionsCheck(compilation: Compilation): ExtensionsCheck {
  const definitions = new Map<string, ExtensionDefinition | undefined>();
  const checkType = compilation.typeCheck('Extension');
  const contexts = contextCheck(compilation);

  function definitionOf(url: string): ExtensionDefinition | undefined {
    if (definitions.has(url)) return definitions.get(url);
    const profile = compilation.profile(url);
    let definition: ExtensionDefinition | undefined;
    if (profile?.type === 'Extension') {
      const { structure } = profile;
      const modifier = structure.snapshot?.element[0]?.isModifier === true;
      const older = compilation.structure(`${url}|4.0.1`);
      const allowed = [...(structure.context ?? []), ...(older?.context ?? [])];
      definition = { profile, url, modifier, contexts: allowed, parts: partUrls(structure) };
    }
    if (definition) definitions.set(url, definition);
    return definition;
  }

  function checkOne(value: Record<string, unknown>, run: Run, modifier: boolean, host: ExtensionHost): void {
    const { url } = value;
    if (typeof url !== 'string' || url === '') return;
    if (!url.includes(':')) {
      if (host.types[0] !== 'Extension') found(run, 'extension-url', 'url');
      return;
    }
    const definition = definitionOf(url);
    if (definition === undefined) {
      if (isExample(url, run)) foundOnce(run, 'extension-example', '');
      else foundAs(run, unknownSeverity(run), 'extension-unknown', '');
      return;
    }
    if (definition.modifier !== modifier) {
      found(run, modifier ? 'extension-not-modifier' : 'extension-modifier', '', definition.url);
    }
    const { structure } = definition.profile;
    if (
      !contexts.allows(definition.contexts, definition.url, host, run) ||
      !contexts.invariantsHold(structure, host, run)
    ) {
      const severity = definition.url.startsWith(core) ? 'warning' : 'error';
      foundAs(run, severity, 'extension-context', '', definition.url, host.at);
    }
    if (Array.isArray(value.extension)) {
      value.extension.forEach((part, index) => {
        const known =
          !isObject(part) ||
          typeof part.url !== 'string' ||
          part.url.includes(':') ||
          definition.parts.has(part.url);
        if (!known)
          foundAs(run, unknownSeverity(run), 'extension-part-unknown', `extension[${index}]`, definition.url);
      });
    }
    definition.profile.check(value, run, 'Extension');
  }

  return (list, run, field, at, types, holder) => {
    if (!Array.isArray(list)) {
      found(run, 'array-expected', field, field);
      return;
    }
    if (list.length === 0) found(run, 'array-empty', field, field);
    const outer = run.extensionUrl;
    const host = { at, types, holder, outerUrl: at === 'Extension' ? holder?.url : outer };
    for (let i = 0; i < list.length; i++) {
      const value: unknown = list[i];
      const start = run.findings.length;
      run.extensionUrl = isObject(value) ? value.url : undefined;
      checkType(value, run, 'Extension');
      run.extensionUrl = outer;
      if (isObject(value)) checkOne(value, run, field === 'modifierExtension', host);
      if (run.findings.length !== start) under(run, start, `${field}[${i}]`);
    }
  };
}
