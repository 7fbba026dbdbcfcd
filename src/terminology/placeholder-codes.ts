/**
 * Codes of tables of HL7 v2 that stand for many: `NNxxx` is the national identifier of any country, `HL7nnnn` any table.
 * https://terminology.hl7.org/CodeSystem-v2-0203.html, https://terminology.hl7.org/CodeSystem-v2-0396.html
 */
const tables = 'http://terminology.hl7.org/CodeSystem/v2-';

/** A fixed beginning, then letters or digits to fill in. */
const placeholder = /^([A-Z0-9]{2,5})(xxx|nnnn|zzz)$/i;

const filled: Readonly<Record<string, string>> = {
  xxx: '[A-Z0-9]{2,6}',
  nnnn: '[0-9]{4}',
  zzz: '[A-Za-z0-9]{1,8}',
};

export interface Placeholder {
  /** The code of the table. */
  readonly code: string;
  readonly form: RegExp;
}

/** The placeholders among the concepts of a system; none where it is no table of v2. */
export function placeholdersIn(
  url: string | undefined,
  concepts: Iterable<{ readonly code: string }>,
): readonly Placeholder[] {
  if (!url?.startsWith(tables)) return [];
  return [...concepts].flatMap(({ code }) => {
    const [, start, rest = ''] = placeholder.exec(code) ?? [];
    return start === undefined ? [] : [{ code, form: new RegExp(`^${start}${filled[rest.toLowerCase()]}$`) }];
  });
}
