/** How far a long run is: a bar on a terminal, a line now and then elsewhere. Always on stderr. */
import { Presets, SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

export interface Progress {
  /** @param done how many of all, counted from the start */
  at(done: number): void;
  /** Takes the bar away. To be called however the run ends. */
  end(): void;
}

/** Elsewhere than on a terminal: at most so many lines a run. */
const plainLines = 10;

/** @param unit what is counted, in the plural */
export function startProgress(total: number, unit: string, output: Output): Progress {
  if (process.stderr.isTTY) {
    const format = `{bar} {value}/{total} ${unit}, {eta_formatted} left`;
    const bar = new SingleBar(
      { stream: process.stderr, format, clearOnComplete: true },
      Presets.shades_classic,
    );
    bar.start(total, 0);
    return { at: (done) => bar.update(done), end: () => bar.stop() };
  }
  const every = Math.max(1, Math.ceil(total / plainLines));
  return {
    at(done) {
      if (done % every === 0 || done === total) output.note(`${done}/${total} ${unit}`);
    },
    end() {},
  };
}
