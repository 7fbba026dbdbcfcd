/**
 * From the JSON text of a resource to FHIR XML: elements in the order of their definition, decimals to the digit.
 * What no definition names has no place in XML and is left out.
 * https://hl7.org/fhir/R4/xml.html
 */
import { isSpelledObject, readSpelled, type Spelled, type SpelledObject } from './json-spelled.ts';
import type { Model, TypeModel } from './model.ts';
import { fhirNamespace, isAttribute, xhtmlNamespace } from './xml-syntax.ts';
import { isXmlElement } from './xml-tree.ts';

export interface XmlOptions {
  /** Elements on lines of their own, indented. */
  readonly pretty?: boolean;
}

/**
 * @param json text of a resource that the server stored or made itself
 * @returns a whole XML document
 */
export function writeXml(model: Model, json: string, options: XmlOptions = {}): string {
  const out = ['<?xml version="1.0" encoding="UTF-8"?>'];
  const root = readSpelled(json);
  if (isSpelledObject(root)) writeResource(model, root, out, options.pretty ? '\n' : undefined, true);
  if (options.pretty) out.push('\n');
  return out.join('');
}

/** @param indent the line break and white space before an element; undefined: all on one line */
type Indent = string | undefined;

function writeResource(
  model: Model,
  resource: SpelledObject,
  out: string[],
  indent: Indent,
  root = false,
): void {
  const name = textOf(resource.get('resourceType'));
  const type = name === undefined ? undefined : model.type(name);
  if (type?.kind !== 'resource') return;
  const attributes = root ? ` xmlns="${fhirNamespace}"` : '';
  writeElement(type.name, attributes, out, indent, (inner) =>
    writeMembers(model, type, resource, out, inner),
  );
}

/** An element, closed at once when nothing was written into it. */
function writeElement(
  name: string,
  attributes: string,
  out: string[],
  indent: Indent,
  writeContent: (inner: Indent) => void,
): void {
  out.push(indent ?? '', `<${name}${attributes}`, '>');
  const length = out.length;
  writeContent(indent === undefined ? undefined : `${indent}  `);
  if (out.length === length) out[length - 1] = '/>';
  else out.push(indent ?? '', `</${name}>`);
}

function writeMembers(
  model: Model,
  type: TypeModel,
  holder: SpelledObject,
  out: string[],
  indent: Indent,
): void {
  for (const property of type.properties) {
    if (isAttribute(type, property.name)) continue;
    for (const { key, type: typeName } of property.keys) {
      const values = listOf(holder.get(key));
      const companions = listOf(holder.get(`_${key}`));
      const count = Math.max(values.length, companions.length);
      for (let i = 0; i < count; i++) {
        writeValue(model, key, typeName, values[i] ?? null, companions[i] ?? null, out, indent);
      }
    }
  }
}

function writeValue(
  model: Model,
  name: string,
  typeName: string,
  value: Spelled,
  companion: Spelled,
  out: string[],
  indent: Indent,
): void {
  const type = model.type(typeName);
  if (!type) return;
  if (typeName === 'xhtml') {
    if (typeof value === 'string') out.push(indent ?? '', narrative(value));
    return;
  }
  const own = type.kind === 'primitive' ? companion : value;
  const content: SpelledObject = isSpelledObject(own) ? own : new Map();
  const spelled = type.kind === 'primitive' ? attribute('value', value) : '';
  if (spelled === '' && !isSpelledObject(own)) return;
  const attributes = attributesOf(type, content) + spelled;
  writeElement(name, attributes, out, indent, (inner) => {
    if (type.kind === 'resource') writeResource(model, content, out, inner);
    else writeMembers(model, type, content, out, inner);
  });
}

function attributesOf(type: TypeModel, holder: SpelledObject): string {
  let text = '';
  for (const { name } of type.properties) {
    if (isAttribute(type, name)) text += attribute(name, holder.get(name));
  }
  return text;
}

function attribute(name: string, value: Spelled | undefined): string {
  return typeof value === 'string' ? ` ${name}="${escaped(value)}"` : '';
}

/** A div that is no XML, which no valid resource has, is shown as the text it is. */
function narrative(div: string): string {
  const plain = div.trim().replaceAll('&nbsp;', '&#160;');
  return isXmlElement(plain) ? plain : `<div xmlns="${xhtmlNamespace}">${escaped(div)}</div>`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** What stands in the table, and what XML has no way to spell. https://www.w3.org/TR/xml/#charsets */
const special = /[&<>"\t\n\r]|[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(text: string): string {
  return text.replace(special, (character) => escapes[character] ?? '\ufffd');
}

function listOf(value: Spelled | undefined): readonly Spelled[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function textOf(value: Spelled | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
