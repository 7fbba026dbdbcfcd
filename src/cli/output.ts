/** Where commands write: data to stdout, everything that is said about the work to stderr. */
export interface Output {
  /** One line of data. */
  data(line: string): void;
  /** One line about the work. */
  note(line: string): void;
}

export const standardOutput: Output = {
  data: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
};
