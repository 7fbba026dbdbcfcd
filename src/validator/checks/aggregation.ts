/**
 * Where the target of a reference may be, and whether it names a version, as a profile demands.
 * https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.aggregation
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource.ts';
import type { ValueCheck } from '../compilation.ts';
import { found, type Run } from '../run.ts';
import { literal } from './reference-text.ts';

type Mode = 'contained' | 'referenced' | 'bundled';

export function aggregationCheck(
  definition: ElementDefinition,
  base: ElementDefinition | undefined,
): ValueCheck | undefined {
  const { aggregation, versioning } = referenceType(definition) ?? {};
  const was = referenceType(base);
  const modes: readonly Mode[] | undefined =
    String(aggregation) === String(was?.aggregation) ? undefined : aggregation;
  const version = versioning === was?.versioning ? undefined : versioning;
  if (modes === undefined && (version === undefined || version === 'either')) return undefined;
  return (value, run, type) => {
    if (type !== 'Reference' || !isObject(value) || typeof value.reference !== 'string') return;
    const { reference } = value;
    const mode = modeOf(reference, run);
    if (modes && !isAllowed(mode, modes)) found(run, 'reference-aggregation', '', mode, modes.join(', '));
    if (mode === 'contained') return;
    const versioned = reference.includes('/_history/');
    // What is not on a RESTful server is taken to be of one version.
    if (version === 'specific' && !versioned && isRestful(reference))
      found(run, 'reference-version', '', 'one');
    if (version === 'independent' && versioned) found(run, 'reference-version', '', 'independent');
  };
}

const referenceType = (definition: ElementDefinition | undefined) =>
  definition?.type?.find(({ code }) => code === 'Reference');

const isRestful = (reference: string) => !reference.includes(':') || literal.test(reference);

function modeOf(reference: string, { scope }: Run): Mode {
  if (reference.startsWith('#')) return 'contained';
  return scope.bundle?.target(reference, scope.fullUrl) ? 'bundled' : 'referenced';
}

/** What is in the bundle may be meant by `referenced` as well. */
function isAllowed(mode: Mode, modes: readonly Mode[]): boolean {
  return modes.includes(mode) || (mode === 'bundled' && modes.includes('referenced'));
}
