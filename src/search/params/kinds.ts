/** The table of search parameter types. Special parameters (`near`, `_filter`) are not offered. */
import type { Clock } from '../../core/clock.ts';
import type { CanonicalUnits } from '../../terminology/canonical-units.ts';
import type { ParameterType } from '../parameter.ts';
import { compositeKind } from './composite.ts';
import { dateKind } from './date.ts';
import type { ParameterKind } from './kind.ts';
import { numberKind } from './number.ts';
import { quantityKind } from './quantity.ts';
import { referenceKind } from './reference.ts';
import { stringKind } from './string.ts';
import { type CodeExpansion, tokenKind } from './token.ts';
import { uriKind } from './uri.ts';

export type ParameterKinds = Readonly<Record<Exclude<ParameterType, 'special'>, ParameterKind>>;

export interface KindOptions {
  readonly localBases: readonly string[];
  readonly clock: Clock;
  readonly expandCodes: CodeExpansion;
  readonly canonicalUnits: CanonicalUnits;
}

export function parameterKinds({
  localBases,
  clock,
  expandCodes,
  canonicalUnits,
}: KindOptions): ParameterKinds {
  const kinds: ParameterKinds = {
    token: tokenKind(expandCodes) as ParameterKind,
    reference: referenceKind(localBases) as ParameterKind,
    string: stringKind as ParameterKind,
    date: dateKind(clock) as ParameterKind,
    number: numberKind as ParameterKind,
    quantity: quantityKind(canonicalUnits) as ParameterKind,
    uri: uriKind as ParameterKind,
    composite: compositeKind((type) => kinds[type as keyof ParameterKinds]) as ParameterKind,
  };
  return kinds;
}
