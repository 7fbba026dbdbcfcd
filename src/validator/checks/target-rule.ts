/**
 * Types and profiles that a profile demands of the targets of references.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.targetProfile
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import { conforms } from '../conformance.ts';
import type { CheckFactory } from '../profile-scope.ts';
import { found, notice, type Run, sayOnce } from '../run.ts';
import { equals } from './fixed.ts';
import { areFollowed, checkTarget, resolveReference } from './reference.ts';
import { typeReader } from './reference-text.ts';

const notChecked = notice('reference-not-checked');

const targetsOf = (definition: ElementDefinition | undefined): string[] =>
  (definition?.type ?? [])
    .filter(({ code }) => code === 'Reference')
    .flatMap(({ targetProfile }) => targetProfile ?? []);

export const targetRule: CheckFactory = (definition, base, { compilation }, known) => {
  if (known !== undefined && known !== 'Reference') return undefined;
  const targets = targetsOf(definition);
  if (targets.length === 0 || equals(targets, targetsOf(base))) return undefined;
  const { registry } = compilation;
  const types = new Set<string>();
  let profiled = false;
  for (const url of targets) {
    const structure = compilation.structure(url);
    if (!structure) {
      profiled = true;
      types.add('Resource');
      continue;
    }
    types.add(structure.type ?? '');
    if (structure.derivation === 'constraint') profiled = true;
  }
  const anyType = types.has('Resource') || types.has('DomainResource');
  const beginnings = [...types].map((name) => `${name}/`);
  const isResourceType = (name: string) => registry.isResourceType(name);
  const typeAt = typeReader(registry.resourceTypes);

  const check: TargetCheck = (value, run, text, type) => {
    if (!isObject(value)) return;
    if (!anyType && !(run.scope.bundle === undefined && fitsAtSight(text, type, run))) {
      const named = typeof text === 'string' ? typeAt(text, text.indexOf('/')) : undefined;
      checkTarget(value, run, types, isResourceType, named);
    }
    if (!profiled || typeof text !== 'string') return;
    const target = resolveReference(text, run);
    if (!target) {
      if (run.options.references === 'conform') found(run, 'reference-profile', '', targets.join(', '));
      else sayOnce(run, notChecked, '');
      return;
    }
    if (!anyType && !types.has(target.type)) return;
    const verdicts = targets.map((url) => conforms(target.value, target.type, url, run, compilation));
    // What a target that is here has to conform to must be known too.
    if (!verdicts.includes(true)) found(run, 'reference-profile', '', targets.join(', '));
  };

  /** Most references say that they lead to what they may, `Patient/…`, or do not say where they lead, `urn:uuid:…`. */
  function fitsAtSight(text: unknown, type: unknown, run: Run): boolean {
    if (typeof text !== 'string') return false;
    if (text.startsWith('urn:')) return type === undefined && !areFollowed(run);
    for (let i = 0; i < beginnings.length; i++) if (text.startsWith(beginnings[i] as string)) return true;
    return false;
  }

  if (known === undefined) {
    return (value, run, type) => {
      if (type === 'Reference' && isObject(value)) check(value, run, value.reference, value.type);
    };
  }
  return { source: (constant) => `${constant(check)}(v, x, v?.reference, v?.type);` };
};

/** Given a reference and the values of its `reference` and `type`. */
type TargetCheck = (value: unknown, run: Run, text: unknown, type: unknown) => void;
