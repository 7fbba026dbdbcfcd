/**
 * What expressions work on at run time: values with their types, and the families of types that compare alike.
 * http://hl7.org/fhirpath/#types and https://hl7.org/fhir/R4/fhirpath.html#types
 */
import type { TypedValue } from '../expression.ts';

export interface Node extends TypedValue {
  /** A decimal as it was written: `1.50` has a precision that the number has lost. */
  readonly text?: string | undefined;
}

export type Collection = readonly Node[];

/** Types of one family compare with each other. `complex` and `other` compare by structure. */
export type Family = 'string' | 'number' | 'boolean' | 'date' | 'dateTime' | 'time' | 'quantity' | 'complex';

const families = new Map<string, Family>(
  Object.entries({
    'System.String': 'string',
    'System.Boolean': 'boolean',
    'System.Integer': 'number',
    'System.Long': 'number',
    'System.Decimal': 'number',
    'System.Date': 'date',
    'System.DateTime': 'dateTime',
    'System.Time': 'time',
    'System.Quantity': 'quantity',
    boolean: 'boolean',
    string: 'string',
    markdown: 'string',
    code: 'string',
    id: 'string',
    uri: 'string',
    url: 'string',
    canonical: 'string',
    oid: 'string',
    uuid: 'string',
    base64Binary: 'string',
    xhtml: 'string',
    integer: 'number',
    positiveInt: 'number',
    unsignedInt: 'number',
    decimal: 'number',
    date: 'date',
    dateTime: 'dateTime',
    instant: 'dateTime',
    time: 'time',
    Quantity: 'quantity',
    SimpleQuantity: 'quantity',
    MoneyQuantity: 'quantity',
    Age: 'quantity',
    Count: 'quantity',
    Distance: 'quantity',
    Duration: 'quantity',
  } as const),
);

export function familyOf(type: string): Family {
  return families.get(type) ?? 'complex';
}

/** Whether a type is a primitive one, of FHIR or of FHIRPath. */
export function isPrimitiveType(type: string): boolean {
  const family = familyOf(type);
  return family !== 'complex' && family !== 'quantity';
}

export function isSystemType(type: string): boolean {
  return type.startsWith('System.');
}

export function toNode(type: string, value: unknown, element?: unknown): Node {
  return { type, value, element };
}

export const booleanNode = (value: boolean): Node => toNode('System.Boolean', value);
export const stringNode = (value: string): Node => toNode('System.String', value);
export const integerNode = (value: number): Node => toNode('System.Integer', value);

/** A result that is out of the range of integers is empty. http://hl7.org/fhirpath/#math-2 */
export function integerInRange(value: number): Node | undefined {
  return value === (value | 0) ? integerNode(value | 0) : undefined;
}

export function isDecimal({ type }: Pick<Node, 'type'>): boolean {
  return type === 'decimal' || type === 'System.Decimal';
}

/** @param text the decimal as written; without it, its shortest form */
export function decimalNode(value: number, text?: string): Node {
  return { type: 'System.Decimal', value, element: undefined, text };
}

/** A JSON value that no definition describes. */
export function untypedNode(value: unknown): Node {
  if (typeof value === 'string') return stringNode(value);
  if (typeof value === 'boolean') return booleanNode(value);
  if (typeof value === 'number') return Number.isInteger(value) ? integerNode(value) : decimalNode(value);
  const resourceType = (value as { resourceType?: unknown } | null)?.resourceType;
  return toNode(typeof resourceType === 'string' ? resourceType : 'System.Any', value);
}
