/** The plan in words, for readers without software. https://hl7.org/fhir/R4/narrative.html */

/** @param rows what is to be done and when */
export function planNarrative(
  title: string,
  rows: readonly (readonly [what: string, when: string])[],
): { status: 'generated'; div: string } {
  const items = rows.map(([what, when]) => `<li>${escaped(what)}${when === '' ? '' : `: ${when}`}</li>`);
  const list = items.length === 0 ? '' : `<ul>${items.join('')}</ul>`;
  return {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${escaped(title)}</p>${list}</div>`,
  };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? '');
}
