/**
 * From FHIR XML to the JSON text of the same resource, decimals to the digit.
 * What XML says and JSON has no word for is carried over so that the validator stumbles on it, instead of being lost:
 * an unknown attribute becomes the property `@name`, text between elements `#text`, an element where only an attribute
 * may stand `<name>`, the first element that is out of order `name#order`.
 * https://hl7.org/fhir/R4/xml.html
 */
import { refuse } from '../core/fhir-error.ts';
import type { Locator } from './json-locator.ts';
import { positionOf } from './json-source.ts';
import type { Model, TypeModel } from './model.ts';
import { createXmlLocator } from './xml-locator.ts';
import { fhirNamespace, isAttribute, orderMark, xhtmlNamespace } from './xml-syntax.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

export interface XmlResource {
  /** JSON text of the resource. */
  readonly text: string;
  /** Makes the locator of elements in the XML text. */
  readonly locator: () => Locator;
}

/** JSON's own names, and those a validator lets pass: an element of such a name would not be found unknown. */
const namesOfJson: ReadonlySet<string> = new Set(['resourceType', 'fhir_comments']);
/** Where schemas may be found is no part of the content. */
const schemaPlaces: ReadonlySet<string> = new Set(['schemaLocation', 'noNamespaceSchemaLocation']);
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';
const decimal = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const integer = /^(?:0|[-+]?[1-9][0-9]*)$/;

/**
 * @param xml text of a resource
 * @throws FhirError 400 `malformed-xml`, with line and column, for what is no well-formed XML or not of FHIR's form
 */
export function readXml(model: Model, xml: string): XmlResource {
  const root = parseXml(xml);
  const text = createReader(model, xml).resource(root);
  return { text, locator: () => createXmlLocator(root, xml) };
}

function createReader(model: Model, xml: string) {
  /** @param more members for what is wrong with the element that holds the resource */
  function resource(element: XmlElement, more: readonly string[] = []): string {
    requireFhir(element);
    const type = model.type(element.name);
    const members = type?.kind === 'resource' ? membersOf(element, type) : [];
    // What is wrong with both the element and the one that holds it is said once.
    return object([`"resourceType":${JSON.stringify(element.name)}`, ...new Set([...members, ...more])]);
  }

  /** The members of the object that stands for an element of a type, or that stands beside a primitive value. */
  function membersOf(element: XmlElement, type: TypeModel): string[] {
    const members = attributesOf(element, type);
    const misplaced = misplacedIn(element, type);
    if (misplaced !== undefined) members.push(`${JSON.stringify(misplaced + orderMark)}:true`);
    for (const [key, elements] of grouped(element, type)) {
      const known = type.key(key);
      if (known) members.push(...propertyOf(key, known.type, elements, known.property.array));
      else members.push(`${JSON.stringify(key)}:{}`);
    }
    return members;
  }

  function attributesOf(element: XmlElement, type: TypeModel): string[] {
    const members: string[] = [];
    for (const { name, namespace, value } of element.attributes) {
      if (isAttribute(type, name) && type.property(name)) members.push(`"${name}":${JSON.stringify(value)}`);
      else if (isUnknownAttribute(name, namespace) && !(name === 'value' && type.kind === 'primitive'))
        members.push(`${JSON.stringify(`@${name}`)}:true`);
    }
    if (element.hasText) members.push('"#text":true');
    return members;
  }

  /** Child elements by JSON key, in the order in which the keys first appear. */
  function grouped(element: XmlElement, type: TypeModel): Map<string, XmlElement[]> {
    const groups = new Map<string, XmlElement[]>();
    for (const child of element.children) {
      const known = type.key(child.name);
      if (known?.type !== 'xhtml') requireFhir(child);
      const asElement = known ? !isAttribute(type, known.property.name) : !isJsonName(child.name);
      const key = asElement ? child.name : `<${child.name}>`;
      const group = groups.get(key);
      if (group) group.push(child);
      else groups.set(key, [child]);
    }
    return groups;
  }

  /** One member for values, and one for what stands beside primitive ones. */
  function propertyOf(
    key: string,
    typeName: string,
    elements: readonly XmlElement[],
    array: boolean,
  ): string[] {
    const type = model.type(typeName);
    // What must not repeat and does becomes an array too: the validator says so.
    const list = (items: readonly string[]) =>
      array || items.length > 1 ? `[${items.join(',')}]` : items[0]!;
    if (typeName === 'xhtml')
      return [`"${key}":${list(elements.map((div) => JSON.stringify(narrative(div))))}`];
    if (type?.kind !== 'primitive') {
      return [`"${key}":${list(elements.map((element) => complex(element, type)))}`];
    }
    const values = elements.map((element) => spelled(element, type));
    const companions = elements.map((element, index) => {
      const members = membersOf(element, type);
      return members.length > 0 || values[index] === 'null' ? object(members) : 'null';
    });
    return [
      ...(values.some((value) => value !== 'null') ? [`"${key}":${list(values)}`] : []),
      ...(companions.some((companion) => companion !== 'null') ? [`"_${key}":${list(companions)}`] : []),
    ];
  }

  function complex(element: XmlElement, type: TypeModel | undefined): string {
    if (type === undefined) return '{}';
    if (type.kind !== 'resource') return object(membersOf(element, type));
    // `contained` and the like hold an element that is named after the type of the resource.
    const [inner, second] = element.children;
    if (second) throw fault('An element that holds a resource holds exactly one', second);
    const more = attributesOf(element, type);
    return inner ? resource(inner, more) : object(more);
  }

  /** A primitive value as JSON spells it; what is not of its type stays text. */
  function spelled(element: XmlElement, type: TypeModel): string {
    const value = element.attributes.find(({ name }) => name === 'value')?.value;
    if (value === undefined) return 'null';
    if (type.name === 'boolean' && (value === 'true' || value === 'false')) return value;
    if (type.name === 'decimal' && decimal.test(value)) return value;
    // Of the two ways to write it, JSON has only the one without a plus.
    if (model.isA(type.name, 'integer') && integer.test(value)) return value.replace('+', '');
    return JSON.stringify(value);
  }

  /** The text of a narrative as JSON wants it: all in the XHTML namespace and without a prefix. What is not stays as it is. */
  function narrative(div: XmlElement): string {
    let text = xml.slice(div.start, div.end);
    if (!isXhtml(div)) return text;
    if (div.prefix !== '')
      text = text.replaceAll(`<${div.prefix}:`, '<').replaceAll(`</${div.prefix}:`, '</');
    const declared = div.prefix === '' && div.attributes.some(({ name }) => name === 'xmlns');
    return declared ? text : text.replace('<div', `<div xmlns="${xhtmlNamespace}"`);
  }

  function requireFhir(element: XmlElement): void {
    if (element.namespace !== fhirNamespace)
      throw fault(`An element is not in the namespace ${fhirNamespace}`, element);
  }

  function fault(words: string, { start }: XmlElement) {
    return refuse('malformed-xml', words, positionOf(xml, start));
  }

  return { resource };
}

/** The first element that stands behind one that its definition has later; undefined when all are in order. */
function misplacedIn({ children }: XmlElement, type: TypeModel): string | undefined {
  let last = 0;
  for (const { name } of children) {
    const property = type.key(name)?.property;
    if (!property) continue;
    const place = type.properties.indexOf(property);
    if (place < last) return property.name;
    last = place;
  }
  return undefined;
}

function isXhtml({ namespace, children }: XmlElement): boolean {
  return namespace === xhtmlNamespace && children.every(isXhtml);
}

function isUnknownAttribute(name: string, namespace: string): boolean {
  if (namespace === schemaInstance) return !schemaPlaces.has(name.slice(name.indexOf(':') + 1));
  return name !== 'xmlns' && !name.startsWith('xmlns:');
}

function isJsonName(name: string): boolean {
  return name.startsWith('_') || namesOfJson.has(name);
}

function object(members: readonly string[]): string {
  return `{${members.join(',')}}`;
}
