/**
 * The JSON key of a choice of types.
 * https://hl7.org/fhir/R4/formats.html#choice
 */

/** `value`, `dateTime` → `valueDateTime`. */
export function choiceKey(name: string, type: string): string {
  return name + type.charAt(0).toUpperCase() + type.slice(1);
}
