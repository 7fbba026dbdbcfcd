/**
 * SQL as pieces that can be put together: text with `?` marks and the values bound to them.
 * Values only ever reach the database through a binding, never through the text.
 */
export type SqlValue = string | number | null | Uint8Array;

export interface Fragment {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

function isFragment(part: Fragment | SqlValue): part is Fragment {
  return typeof part === 'object' && part !== null && 'text' in part;
}

/** Template tag: a fragment in a slot becomes part of the text, anything else is bound. */
export function sql(strings: TemplateStringsArray, ...slots: (Fragment | SqlValue)[]): Fragment {
  let text = strings[0]!;
  const values: SqlValue[] = [];
  for (const [i, slot] of slots.entries()) {
    if (isFragment(slot)) {
      text += slot.text;
      values.push(...slot.values);
    } else {
      text += '?';
      values.push(slot);
    }
    text += strings[i + 1]!;
  }
  return { text, values };
}

/** Fragments one after another. */
export function joined(parts: readonly Fragment[], separator: ' AND ' | ' OR ' | ', ' | ' '): Fragment {
  return {
    text: parts.map((part) => part.text).join(separator),
    values: parts.flatMap((part) => part.values),
  };
}

/** All of the conditions; true when there are none. */
export function allOf(conditions: readonly Fragment[]): Fragment {
  if (conditions.length === 0) return sql`TRUE`;
  return balanced(conditions, ' AND ');
}

/** Any of the conditions; false when there are none. */
export function anyOf(conditions: readonly Fragment[]): Fragment {
  if (conditions.length === 0) return sql`FALSE`;
  return balanced(conditions, ' OR ');
}

/** Databases bound how deep an expression goes, and a list without brackets is as deep as it is long. */
const longestList = 100;

function balanced(conditions: readonly Fragment[], separator: ' AND ' | ' OR '): Fragment {
  if (conditions.length === 1) return conditions[0]!;
  if (conditions.length <= longestList) return sql`(${joined(conditions, separator)})`;
  const groups: Fragment[] = [];
  for (let start = 0; start < conditions.length; start += longestList) {
    groups.push(balanced(conditions.slice(start, start + longestList), separator));
  }
  return balanced(groups, separator);
}
