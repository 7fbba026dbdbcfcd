/**
 * Rules of types that no definition states as an invariant, or that an invariant would state at a higher price: what
 * the source of a type calls for each of its values, and which parts of a value the walk keeps for that.
 * https://hl7.org/fhir/R4/datatypes.html
 */

/** Types with a unit that may be coded: Quantity and what is made of it. https://hl7.org/fhir/R4/datatypes.html#quantityvariations */
export const quantities: ReadonlySet<string> = new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration']);

/** Values that the rules ask for: kept as the walk meets them, which is cheaper than to look them up. */
export const kept: Readonly<Record<string, readonly string[]>> = {
  CodeableConcept: ['coding'],
  Coding: ['system', 'code', 'display', 'version'],
  Expression: ['language', 'expression'],
  Extension: ['extension'],
  Identifier: ['system', 'value'],
  Narrative: ['extension'],
  Reference: ['reference', 'type'],
  ...Object.fromEntries([...quantities].map((type) => [type, ['system', 'code']])),
};

/** Calls by type; `o` is the value, `x` the run, `v_` stands before what was kept. */
export const handWritten: Readonly<Record<string, string>> = {
  Attachment: 'attachment(o, x);',
  Coding: 'coding(x, o, v_system, v_code, v_display, v_version);',
  Expression: 'expression(x, v_language, v_expression);',
  Identifier: 'identifier(x, v_system, v_value);',
  Narrative: 'if (v_extension !== undefined) textLinks(o, x);',
  Questionnaire: 'linkIds(o, x);',
  Reference: 'reference(x, v_reference, v_type);',
  SampledData: 'samples(o, x);',
  ...Object.fromEntries([...quantities].map((type) => [type, 'quantity(x, o, v_system, v_code);'])),
};
