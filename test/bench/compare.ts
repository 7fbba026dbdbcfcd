/**
 * Figures side by side: variants take turns (A, B, A, B, …), so that what the machine does meanwhile meets them alike,
 * and are compared round by round. A first round warms up and does not count.
 */
export interface Variant {
  readonly name: string;
  /** One round; gives the figure. */
  readonly round: () => number | Promise<number>;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface Comparison {
  readonly title: string;
  /** Of the figures, e.g. `µs` or `/s`. */
  readonly unit: string;
  readonly figures: ReadonlyMap<string, readonly number[]>;
}

export async function takeTurns(
  title: string,
  unit: string,
  rounds: number,
  variants: readonly Variant[],
): Promise<Comparison> {
  const figures = new Map(variants.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, round: run } of variants) {
      const figure = await run();
      if (round > 0) figures.get(name)!.push(figure);
    }
  }
  return { title, unit, figures };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! };
}

/** The figure of one variant by that of another, within each round. */
export function ratioOf(comparison: Comparison, name: string, by: string): Spread {
  const dividends = comparison.figures.get(name)!;
  const divisors = comparison.figures.get(by)!;
  return spreadOf(dividends.map((dividend, round) => dividend / divisors[round]!));
}

/** @param ratios pairs of variants whose ratio tells the story */
export function print(comparison: Comparison, ratios: readonly (readonly [string, string])[]): void {
  const { title, unit, figures } = comparison;
  const lines = [title];
  for (const [name, values] of figures) {
    const spread = spreadOf(values);
    lines.push(
      row(name, spread, unit, ` ± ${Math.round((50 * (spread.max - spread.min)) / spread.median)} %`),
    );
  }
  for (const [name, by] of ratios) lines.push(row(`${name} ÷ ${by}`, ratioOf(comparison, name, by), '×', ''));
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

function row(name: string, { min, median, max }: Spread, unit: string, noise: string): string {
  const range = `(${brief(min)} … ${brief(max)})`;
  return `  ${name.padEnd(44)} ${brief(median).padStart(8)} ${unit.padEnd(3)} ${range}${noise}`;
}

/** Three digits that count. */
function brief(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
