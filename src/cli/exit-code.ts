/** What the exit code of every command says. */
export const exitCode = {
  fine: 0,
  /** The command did its work and found errors. */
  findings: 1,
  /** The command line was not understood. */
  usage: 2,
  /** Something around the command is missing or broken: a file, a server, a setting. */
  environment: 3,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
