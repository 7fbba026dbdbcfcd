/**
 * Extensions: each has a known definition, stands where that definition allows, and has the value it demands.
 * https://hl7.org/fhir/R4/extensibility.html
 */
import type { StructureDefinition, StructureDefinitionContext } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { Compilation, ProfileCheck } from '../compilation.ts';
import { found, foundAs, foundOnce, type Run, typed, under } from '../run.ts';
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

/** Where an extension stands: the names its context may use for that place. */
export interface ExtensionHost {
  /** Path of the element in its definition, e.g. `Patient.name`. */
  readonly at: string;
  /** The type of the element and its ancestors. */
  readonly types: readonly string[];
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

  function definitionOf(url: string): ExtensionDefinition | undefined {
    if (definitions.has(url)) return definitions.get(url);
    const profile = compilation.profile(url);
    let definition: ExtensionDefinition | undefined;
    if (profile?.type === 'Extension') {
      const { structure } = profile;
      const modifier = structure.snapshot?.element[0]?.isModifier === true;
      const older = compilation.registry.structure(`${url}|4.0.1`);
      const contexts = [...(structure.context ?? []), ...(older?.context ?? [])];
      definition = { profile, url, modifier, contexts, parts: partUrls(structure) };
    }
    if (definition) definitions.set(url, definition);
    return definition;
  }

  function allowedOn(
    definition: ExtensionDefinition,
    host: ExtensionHost,
    parent: unknown,
    run: Run,
  ): boolean {
    if (definition.contexts.length === 0) return true;
    return definition.contexts.some(({ type, expression }) => {
      if (expression === undefined) return true;
      if (type === 'extension') return parent === expression || definition.url === expression;
      if (type === 'fhirpath') return selectsPlace(expression, host, run);
      return matchesElement(expression, host, run);
    });
  }

  function matchesElement(expression: string, host: ExtensionHost, run: Run): boolean {
    const path = expression.includes('#') ? expression.slice(expression.indexOf('#') + 1) : expression;
    if (path === 'Element' || path === host.at || host.types.includes(path)) return true;
    if (path === 'CanonicalResource' || path === 'MetadataResource') {
      return host.types.includes('Resource') && 'url' in run.scope.resource;
    }
    const steps = path.split('.');
    if (steps.length < 2 || steps[0] !== run.scope.type) return false;
    return declaredPath(steps) === host.at;
  }

  /** `Patient.name.family` as the definitions declare it: `HumanName.family`. */
  function declaredPath(steps: readonly string[]): string {
    const { model } = compilation.registry;
    let type = steps[0] as string;
    let path = type;
    for (const step of steps.slice(1)) {
      const name = step.replace('[x]', '');
      path = `${type}.${name}`;
      type = model.type(type)?.property(name)?.types[0] ?? path;
    }
    return path;
  }

  /** A FHIRPath context selects the elements that may have the extension; judged by the type it selects. */
  function selectsPlace(expression: string, host: ExtensionHost, run: Run): boolean {
    try {
      const focus = typed(run.scope);
      const selected = compilation
        .compile(expression, focus.type)
        .values(focus, { resource: focus, rootResource: focus });
      return selected.some(({ type }) => type === host.at || host.types.includes(type));
    } catch {
      return true;
    }
  }

  function checkOne(
    value: Record<string, unknown>,
    run: Run,
    modifier: boolean,
    host: ExtensionHost,
    holder: Record<string, unknown> | undefined,
  ): void {
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
    if (!allowedOn(definition, host, holder?.url, run)) {
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
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      const start = run.findings.length;
      checkType(value, run, 'Extension');
      if (isObject(value)) checkOne(value, run, field === 'modifierExtension', { at, types }, holder);
      if (run.findings.length !== start) under(run, start, `${field}[${i}]`);
    }
  };
}
