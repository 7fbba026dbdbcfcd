/**
 * XML text as a tree of elements with their places in the text. Namespaces are resolved, comments and processing
 * instructions dropped; a DOCTYPE is refused, so there are no entities but the five of XML itself.
 * https://www.w3.org/TR/xml/ and https://hl7.org/fhir/R4/xml.html
 */
import { type SaxesAttributeNSIncomplete, SaxesParser } from 'saxes';
import { refuse } from '../core/fhir-error.ts';
import { positionOf } from './json-source.ts';
import { skipSpace } from './json-text.ts';

/** An element within an element within …: in JSON that is an object in an array, so half of what JSON may nest. */
const maximumDepth = 100;

/** More than a resource of 32 MiB has, few enough for their tree to fit into memory. */
const maximumElements = 2_000_000;

export interface XmlAttribute {
  /** With its prefix. */
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  readonly prefix: string;
  readonly namespace: string;
  /** Declarations of namespaces included. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** Whether it has text of its own besides white space. */
  readonly hasText: boolean;
  /** Place of its start tag in the text. */
  readonly start: number;
  /** Place after its end tag. */
  readonly end: number;
}

const none: readonly XmlAttribute[] = [];

type OpenElement = { -readonly [key in keyof XmlElement]: XmlElement[key] } & { children: XmlElement[] };

/**
 * @returns the root element
 * @throws FhirError 400 `malformed-xml`, with line and column, without quoting the text; 413 for too many elements
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const stack: OpenElement[] = [];
  let attributes: SaxesAttributeNSIncomplete[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let start = 0;
  const fault = (words: string, offset = parser.position - 1) =>
    refuse('malformed-xml', words, positionOf(text, Math.max(offset, 0)));

  // Half a character of UTF-16, which XML does not have and saxes lets through.
  if (!text.isWellFormed()) throw fault('The body has what is no character', text.search(/\p{Cs}/u));

  const resolved = ({ name, prefix, value }: SaxesAttributeNSIncomplete): XmlAttribute => ({
    name,
    namespace: prefix === '' ? '' : (parser.resolve(prefix) ?? ''),
    value,
  });

  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) throw fault('FHIR XML is written in UTF-8');
  });
  parser.on('doctype', () => {
    throw fault('A DOCTYPE is not allowed');
  });
  parser.on('error', ({ message }) => {
    // What follows a colon are names of the text.
    const words = message.split(/:| set to /, 1)[0]!.replace(/\.$/, '');
    // Text where none may stand is noticed only at its end.
    const offset = words.includes('outside of root') ? skipSpace(text, root?.end ?? 0) : undefined;
    throw fault(`The body is not well-formed XML: ${words}`, offset);
  });
  parser.on('opentagstart', () => {
    if (stack.length >= maximumDepth) throw fault(`The body nests deeper than ${maximumDepth} levels`);
    if (++elements > maximumElements)
      throw refuse('too-large', 'The body has more elements than this server takes');
    start = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('attribute', (attribute) => attributes.push(attribute));
  parser.on('opentag', ({ local, prefix, uri }) => {
    const given = attributes.length === 0 ? none : attributes.map(resolved);
    attributes = [];
    stack.push({
      name: local,
      prefix,
      namespace: uri,
      attributes: given,
      children: [],
      hasText: false,
      start,
      end: 0,
    });
  });
  const onText = (characters: string) => {
    const element = stack.at(-1);
    if (element && !element.hasText) element.hasText = /[^ \t\r\n]/.test(characters);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('closetag', () => {
    const element = stack.pop()!;
    element.end = parser.position;
    if (stack.length > 0) stack.at(-1)!.children.push(element);
    else root = element;
  });
  parser.write(text).close();
  return root!;
}

/** Whether a piece of text is one element of well-formed XML, with nothing before and after it. */
export function isXmlElement(text: string): boolean {
  const parser = new SaxesParser({ xmlns: true, position: false });
  let sound = text.startsWith('<') && text.endsWith('>');
  const spoil = () => {
    sound = false;
  };
  for (const event of ['xmldecl', 'doctype', 'error', 'processinginstruction'] as const)
    parser.on(event, spoil);
  parser.write(text).close();
  return sound;
}
