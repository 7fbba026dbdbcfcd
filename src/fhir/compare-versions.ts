/** Order of business versions: `2.9` before `2.10`, `4.0.1-ballot` before `4.0.1`, dates by time. https://semver.org */

/** @returns below 0 when `one` is older; a version that is not stated is older than any */
export function compareVersions(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined)
    return Number(one !== undefined) - Number(other !== undefined);
  const [oneRelease, onePre] = split(one);
  const [otherRelease, otherPre] = split(other);
  const byRelease = compareParts(oneRelease, otherRelease);
  if (byRelease !== 0) return byRelease;
  if (onePre.length === 0 || otherPre.length === 0) return otherPre.length - onePre.length;
  return compareParts(onePre, otherPre);
}

/** Dates keep their dashes as separators; a label after a dash is a pre-release. */
function split(version: string): [release: string[], pre: string[]] {
  if (/^\d{4}-\d{2}/.test(version)) return [version.split(/[-T:.]/), []];
  const [release = '', ...pre] = version.split('-');
  return [release.split('.'), pre.length === 0 ? [] : pre.join('-').split('.')];
}

function compareParts(one: readonly string[], other: readonly string[]): number {
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const [a, b] = [one[i], other[i]];
    if (a === undefined || b === undefined) return one.length - other.length;
    if (a === b) continue;
    const [x, y] = [Number(a), Number(b)];
    if (Number.isFinite(x) && Number.isFinite(y) && x !== y) return x - y;
    return a < b ? -1 : 1;
  }
  return 0;
}
