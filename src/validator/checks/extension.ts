/**
 * Extensions: each has a known definition, stands where that definition allows, and has the value it demands.
 * https://hl7.org/fhir/R4/extensibility.html
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { TextTable } from '../../core/text-table.ts';
import { isObject } from '../../fhir/resource.ts';
import type { Compilation, ProfileCheck } from '../compilation.ts';
import type { Finding } from '../finding.ts';
import { found, foundAs, foundOnce, type Run, under } from '../run.ts';
import { contextCheck, type ExtensionHost } from './extension-context.ts';
import { isExampleUrl } from './url.ts';

interface ExtensionDefinition {
  readonly profile: ProfileCheck;
  readonly url: string;
  readonly modifier: boolean;
  /** Its definition and that of HL7's extension pack: it may stand where either allows, and have the parts of both. */
  readonly editions: readonly StructureDefinition[];
  /** Places that were allowed by contexts that depend on nothing but the place: type of the resource → paths. */
  readonly places: Map<string, Set<string>>;
  /** The one of them that was met last: type of the resource and path. */
  lastType: string;
  lastAt: string;
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

function partUrls({ snapshot }: StructureDefinition): string[] {
  return (snapshot?.element ?? []).flatMap(({ path, fixedUri }) =>
    path === 'Extension.extension.url' && fixedUri ? fixedUri : [],
  );
}

/**
 * HL7's own extensions on HL7's own definitions: their contexts differ from version to version, and the definitions do
 * not keep to them. Elsewhere a wrong context is an error.
 */
const definitionTypes: ReadonlySet<string> = new Set([
  'CodeSystem',
  'OperationDefinition',
  'SearchParameter',
  'StructureDefinition',
  'ValueSet',
]);
const core = 'http://hl7.org/fhir/StructureDefinition/';

/** Extensions that DICOM defines, without StructureDefinitions. */
const dicom = 'http://nema.org/fhir/extensions#';

/**
 * An element of another version of FHIR, as an extension: `http://hl7.org/fhir/5.0/StructureDefinition/extension-…`.
 * https://hl7.org/fhir/R4/versions.html#extensions
 */
const otherVersion =
  /^http:\/\/hl7\.org\/fhir\/(?:1\.0|3\.0|4\.3|5\.0)\/StructureDefinition\/extension-[A-Z][A-Za-z]+\.[A-Za-z][A-Za-z0-9.]*$/;

/** HL7's extension pack defines the extensions of R4 anew, in versions of its own, and allows them at more places. */
const extensionPack = '|5';

/** Whether nothing but the place decides if an extension may stand there. */
const dependsOnPlaceOnly = ({ context = [], contextInvariant }: StructureDefinition): boolean =>
  contextInvariant === undefined &&
  context.every(
    ({ type, expression }) =>
      type === 'element' && expression !== 'CanonicalResource' && expression !== 'MetadataResource',
  );

const isExample = (url: string, run: Run) =>
  url.startsWith(dicom) || (isExampleUrl(url) && run.options.exampleUrls !== false);

const unknownSeverity = (run: Run) => run.options.unknownExtension ?? 'warning';

export function extensionsCheck(compilation: Compilation): ExtensionsCheck {
  const definitions = new TextTable<ExtensionDefinition>();
  const checkType = compilation.typeCheck('Extension');
  const contexts = contextCheck(compilation);

  function definitionOf(url: string): ExtensionDefinition | undefined {
    const known = definitions.get(url);
    // A url is compared as it is: with a version behind it, it is that of no definition.
    if (known || !url.includes(':') || url.includes('|')) return known;
    const profile = compilation.profile(url);
    let definition: ExtensionDefinition | undefined;
    if (profile?.type === 'Extension') {
      const { structure } = profile;
      const modifier = structure.snapshot?.element[0]?.isModifier === true;
      const packed = compilation.structure(`${url}${extensionPack}`);
      const editions = packed ? [structure, packed] : [structure];
      definition = {
        profile,
        url,
        modifier,
        editions,
        places: new Map(),
        lastType: '',
        lastAt: '',
        parts: new Set(editions.flatMap(partUrls)),
      };
    }
    if (definition) definitions.add(url, definition);
    return definition;
  }

  /** Whether the place was seen to be allowed. */
  function isMetPlace(definition: ExtensionDefinition, at: string, { scope }: Run): boolean {
    if (at === definition.lastAt && scope.type === definition.lastType) return true;
    if (definition.places.get(scope.type)?.has(at) !== true) return false;
    definition.lastAt = at;
    definition.lastType = scope.type;
    return true;
  }

  function checkPlace(definition: ExtensionDefinition, host: ExtensionHost, run: Run): void {
    const { editions, url, places } = definition;
    const allowed = editions.some(
      (one) => contexts.allows(one.context ?? [], url, host, run) && contexts.invariantsHold(one, host, run),
    );
    if (!allowed) {
      const lenient = url.startsWith(core) && definitionTypes.has(run.scope.type);
      const severity = lenient ? 'warning' : 'error';
      foundAs(run, severity, 'extension-context', '', url, host.at);
      return;
    }
    if (!editions.every(dependsOnPlaceOnly)) return;
    const here = places.get(run.scope.type) ?? new Set();
    here.add(host.at);
    places.set(run.scope.type, here);
  }

  /** What can be said of an extension without a known definition. */
  function checkUnknown(url: unknown, run: Run, inExtension: boolean): void {
    if (typeof url !== 'string' || url === '') return;
    if (!url.includes(':')) {
      if (!inExtension) found(run, 'extension-url', '');
    } else if (url.includes('|') && definitionOf(url.slice(0, url.indexOf('|'))))
      found(run, 'extension-url', '');
    else if (isExample(url, run)) foundOnce(run, 'extension-example', '');
    else if (otherVersion.test(url)) foundOnce(run, 'extension-version', '');
    else foundAs(run, unknownSeverity(run), 'extension-unknown', '');
  }

  function checkParts(parts: readonly unknown[], { parts: known, url }: ExtensionDefinition, run: Run): void {
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i];
      if (!isObject(part) || typeof part.url !== 'string') continue;
      if (!known.has(part.url) && !part.url.includes(':'))
        foundAs(run, unknownSeverity(run), 'extension-part-unknown', `extension[${i}]`, url);
    }
  }

  return (list, run, field, at, types, holder) => {
    if (!Array.isArray(list)) {
      found(run, 'array-expected', field, field);
      return;
    }
    if (list.length === 0) found(run, 'array-empty', field, field);
    const outer = run.extensionUrl;
    const outerKnown = run.knownUrl;
    const modifier = field === 'modifierExtension';
    for (let i = 0; i < list.length; i++) {
      const value: unknown = list[i];
      const start = run.count;
      const url = isObject(value) ? value.url : undefined;
      const definition = typeof url === 'string' ? definitionOf(url) : undefined;
      run.extensionUrl = url;
      run.knownUrl = run.options.exampleUrls === false ? undefined : definition?.url;
      checkType(value, run, 'Extension');
      run.extensionUrl = outer;
      run.knownUrl = outerKnown;
      if (definition === undefined) checkUnknown(url, run, types[0] === 'Extension');
      else if (isObject(value)) {
        if (definition.modifier !== modifier) {
          found(run, modifier ? 'extension-not-modifier' : 'extension-modifier', '', definition.url);
        }
        if (Array.isArray(value.extension)) checkParts(value.extension, definition, run);
        const before = run.count;
        definition.profile.check(value, run, 'Extension');
        if (run.count !== before) liftValueType(run, before);
      }
      if (run.count !== start) under(run, start, `${field}[${i}]`);
      if (definition !== undefined && !isMetPlace(definition, at, run)) {
        // The element that holds it is the wrong one.
        const outerUrl = at === 'Extension' ? holder?.url : outer;
        checkPlace(definition, { extension: value, at, types, holder, outerUrl }, run);
      }
    }
  };
}

/** An extension whose value has the wrong type is as a whole another one than its definition has. */
function liftValueType(run: Run, start: number): void {
  for (let i = start; i < run.findings.length; i++) {
    const finding = run.findings[i] as Finding;
    if (finding.key === 'type' && finding.path === 'value') finding.path = '';
  }
}
