/**
 * Extensions: each has a known definition, stands where that definition allows, and has the value it demands.
 * https://hl7.org/fhir/R4/extensibility.html
 */
import { TextTable } from '../../core/text-table.ts';
import { isObject } from '../../fhir/resource.ts';
import type { Compilation } from '../compilation.ts';
import type { Finding } from '../finding.ts';
import { anyError, forget, found, foundAs, type Run, under } from '../run.ts';
import { contextCheck, type ExtensionHost } from './extension-context.ts';
import { type ExtensionDefinition, readExtension } from './extension-definition.ts';
import { checkUnknown, unknownSeverity } from './unknown-extension.ts';

/** Checks `extension` or `modifierExtension` of an element. */
export type ExtensionsCheck = (
  list: unknown,
  run: Run,
  field: 'extension' | 'modifierExtension',
  at: string,
  types: readonly string[],
  holder: Record<string, unknown> | undefined,
) => void;

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

export function extensionsCheck(compilation: Compilation): ExtensionsCheck {
  const definitions = new TextTable<ExtensionDefinition>();
  const checkType = compilation.typeCheck('Extension');
  const contexts = contextCheck(compilation);

  function definitionOf(url: string): ExtensionDefinition | undefined {
    const known = definitions.get(url);
    if (known) return known;
    const definition = readExtension(url, compilation);
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
    const { editions, url, places, byPlaceOnly } = definition;
    const allowed = editions.some(
      (one) =>
        contexts.allows(one.contexts, url, host, run) && contexts.invariantsHold(one.structure, host, run),
    );
    if (!allowed) {
      const lenient = url.startsWith(core) && definitionTypes.has(run.scope.type);
      const severity = lenient ? 'warning' : 'error';
      foundAs(run, severity, 'extension-context', '', url, host.at);
      return;
    }
    if (!byPlaceOnly) return;
    const here = places.get(run.scope.type) ?? new Set();
    here.add(host.at);
    places.set(run.scope.type, here);
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
      if (definition === undefined) checkUnknown(url, run, types[0] === 'Extension', compilation);
      else if (isObject(value)) {
        if (definition.modifier !== modifier) {
          found(run, modifier ? 'extension-not-modifier' : 'extension-modifier', '', definition.url);
        }
        if (Array.isArray(value.extension)) checkParts(value, value.extension, definition, run);
        const before = run.count;
        definition.profile.check(value, run, 'Extension');
        if (run.count !== before && !acceptedAsPacked(value, definition, run, before))
          liftValueType(run, before);
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

/**
 * Takes an extension that is not as R4 has it, if it is as HL7's pack has it today: what was found from `start` on is
 * forgotten then.
 * @returns whether it was taken
 */
function acceptedAsPacked(value: unknown, { packed }: ExtensionDefinition, run: Run, start: number): boolean {
  if (packed === undefined || !anyError(run, start)) return false;
  const end = run.count;
  packed.check(value, run, 'Extension');
  const fits = !anyError(run, end);
  if (fits) forget(run, start, end);
  else forget(run, end, run.count);
  return fits;
}

/** An extension whose value has the wrong type is as a whole another one than its definition has. */
function liftValueType(run: Run, start: number): void {
  for (let i = start; i < run.findings.length; i++) {
    const finding = run.findings[i] as Finding;
    if (finding.key === 'type' && finding.path === 'value') finding.path = '';
  }
}

/** Keys of values; of primitives also those of their companions. */
const valueKey = /^_?value[A-Z]/;

/** A complex extension has the parts that its definition names, a simple one has a value. */
function checkParts(
  extension: Record<string, unknown>,
  parts: readonly unknown[],
  { parts: known, url, simple }: ExtensionDefinition,
  run: Run,
): void {
  if (simple && !Object.keys(extension).some((key) => valueKey.test(key)))
    found(run, 'cardinality-min', '', 'value', 1);
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (!isObject(part) || typeof part.url !== 'string') continue;
    if (!known.has(part.url) && !part.url.includes(':'))
      foundAs(run, unknownSeverity(run), 'extension-part-unknown', `extension[${i}]`, url);
  }
}
