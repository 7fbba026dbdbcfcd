/**
 * Type specifiers and what is of their type.
 * http://hl7.org/fhirpath/#types-1 and https://hl7.org/fhir/R4/fhirpath.html#types
 */
import type { Model } from '../../fhir/model.ts';
import { ExpressionFault } from '../fault.ts';
import { familyOf } from './node.ts';

export interface TypeSpecifier {
  readonly namespace: 'System' | 'FHIR' | undefined;
  readonly name: string;
}

const systemTypes: ReadonlySet<string> = new Set([
  'Any',
  'Boolean',
  'String',
  'Integer',
  'Long',
  'Decimal',
  'Date',
  'DateTime',
  'Time',
  'Quantity',
]);

/**
 * A specifier from its text, e.g. `FHIR.Patient` or `Quantity`.
 * @throws ExpressionFault for a type that does not exist
 */
export function typeSpecifier(text: string, model: Model): TypeSpecifier {
  const [first = '', second, ...rest] = text.split('.').map((part) => part.replace(/^`(.*)`$/, '$1'));
  const name = second ?? first;
  const namespace = second === undefined ? undefined : first;
  const known =
    rest.length === 0 &&
    ((namespace !== 'FHIR' && systemTypes.has(name)) || (namespace !== 'System' && model.type(name)));
  if (!known || (namespace !== undefined && namespace !== 'System' && namespace !== 'FHIR')) {
    throw new ExpressionFault(`There is no type ${text}`);
  }
  return { namespace, name };
}

/** Whether a value's type is the one named, or specializes it. */
export function isOfType(type: string, { namespace, name }: TypeSpecifier, model: Model): boolean {
  if (type.startsWith('System.')) {
    return namespace !== 'FHIR' && (type.slice(7) === name || name === 'Any');
  }
  return namespace !== 'System' && model.isA(type, name);
}

/** FHIR primitives convert to System types of their own accord, which `ofType(String)` makes use of. */
const automatic: Readonly<Record<string, string>> = {
  boolean: 'Boolean',
  string: 'String',
  number: 'Integer',
  date: 'Date',
  dateTime: 'DateTime',
  time: 'Time',
  quantity: 'Quantity',
};

/** The type that the value of a FHIR primitive has in FHIRPath. */
export function systemTypeOf(type: string): string {
  if (type.startsWith('System.')) return type;
  return `System.${type === 'decimal' ? 'Decimal' : automatic[familyOf(type)]}`;
}

/** As `isOfType`, with the automatic conversions of FHIR primitives counted in. */
export function convertsToType(type: string, specifier: TypeSpecifier, model: Model): boolean {
  if (isOfType(type, specifier, model)) return true;
  if (type.startsWith('System.') || specifier.namespace === 'FHIR') return false;
  const target = type === 'decimal' ? 'Decimal' : automatic[familyOf(type)];
  return target === specifier.name;
}
