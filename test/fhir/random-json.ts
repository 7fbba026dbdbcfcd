/** Random JSON text of a resource, made from the model: every type and every shape that JSON has a spelling for. */
import fc from 'fast-check';
import type { Model, PropertyModel, TypeModel } from '../../src/fhir/model.ts';

const scalar = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8, unit: 'binary' }).filter(isXmlText),
  fc.constantFrom('a<b>&"c\'', 'line\nbreak\r\n\ttab', ' spaced ', 'ünïcödé 🦄', ']]>', '&amp;', '\\"'),
);
const decimal = fc.constantFrom(
  '1.50',
  '-0.0',
  '1E3',
  '100',
  '0.000000000000000000010',
  '1.500e-7',
  '12345678901234567890.10',
);
const integer = fc.constantFrom('0', '-7', '2147483647');
const divs = fc.constantFrom(
  '<div xmlns="http://www.w3.org/1999/xhtml"><p title="a &quot;b&quot;">x &lt; y <b>&#160;z</b></p><!-- c --></div>',
  "<div xmlns='http://www.w3.org/1999/xhtml' xml:lang='de'>\n  <img src='#a'/>\n</div>",
);

/** Whether XML has a spelling for every character. */
function isXmlText(text: string): boolean {
  return /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u.test(text);
}

/** @param size about how many elements a level may have */
export function randomJson(model: Model, resourceTypes: readonly string[]): fc.Arbitrary<string> {
  const value = (typeName: string, depth: number): fc.Arbitrary<string> => {
    const type = model.type(typeName)!;
    if (typeName === 'Resource')
      return fc.constantFrom(...resourceTypes).chain((name) => resource(name, depth - 1));
    if (type.kind !== 'primitive') return members(type, depth - 1).map((parts) => `{${parts.join(',')}}`);
    if (typeName === 'boolean') return fc.constantFrom('true', 'false');
    if (typeName === 'xhtml') return divs.map((div) => JSON.stringify(div));
    if (typeName === 'decimal') return decimal;
    return model.isA(typeName, 'integer') ? integer : scalar.map((text) => JSON.stringify(text));
  };

  /** What stands beside a primitive value: an id, extensions or both. */
  const companion = (depth: number): fc.Arbitrary<string> =>
    fc
      .tuple(scalar, value('Extension', Math.max(depth, 1)), fc.integer({ min: 1, max: 3 }))
      .map(([id, extension, which]) => {
        const parts = [`"id":${JSON.stringify(id)}`, `"extension":[${extension}]`];
        return `{${parts.filter((_, bit) => (which >> bit) & 1).join(',')}}`;
      });

  const property = (type: TypeModel, { keys, array }: PropertyModel, depth: number): fc.Arbitrary<string[]> =>
    fc.constantFrom(...keys).chain(({ key, type: typeName }) => {
      const isPlain =
        model.type(typeName)?.kind !== 'primitive' || typeName === 'xhtml' || isXmlAttribute(type, key);
      const item = fc.tuple(
        value(typeName, depth),
        isPlain ? fc.constant(undefined) : fc.option(companion(depth - 1), { nil: undefined, freq: 4 }),
        fc.integer({ min: 0, max: 3 }),
      );
      return fc.array(item, { minLength: 1, maxLength: array ? 3 : 1 }).map((items) => {
        // Now and then what stands beside a value stands alone.
        const values = items.map(([text, beside, dice]) => (beside && dice === 0 ? 'null' : text));
        const besides = items.map(([, beside]) => beside ?? 'null');
        const list = (texts: string[]) => (array ? `[${texts.join(',')}]` : texts[0]!);
        return [
          ...(values.some((text) => text !== 'null') ? [`"${key}":${list(values)}`] : []),
          ...(besides.some((text) => text !== 'null') ? [`"_${key}":${list(besides)}`] : []),
        ];
      });
    });

  const members = (type: TypeModel, depth: number): fc.Arbitrary<string[]> => {
    const fitting = type.properties.filter(
      ({ types }) => depth > 0 || types.every((name) => model.type(name)?.kind === 'primitive'),
    );
    if (fitting.length === 0) return fc.constant([]);
    return fc
      .uniqueArray(fc.constantFrom(...fitting), { minLength: 1, maxLength: 4 })
      .chain((chosen) => fc.tuple(...chosen.map((one) => property(type, one, depth))))
      .map((parts) => parts.flat());
  };

  const resource = (name: string, depth: number): fc.Arbitrary<string> =>
    members(model.type(name)!, depth).map((parts) => `{${[`"resourceType":"${name}"`, ...parts].join(',')}}`);

  return fc.constantFrom(...resourceTypes).chain((name) => resource(name, 4));
}

function isXmlAttribute(type: TypeModel, key: string): boolean {
  return (key === 'id' && type.kind !== 'resource') || (key === 'url' && type.name === 'Extension');
}
