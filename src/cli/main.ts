#!/usr/bin/env node
/** The command `kat-fhir`: reads the command line, hands over to one command, ends with its exit code. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { loadCommand } from './commands/load.ts';
import { packageCommand } from './commands/package.ts';
import { serveCommand } from './commands/serve.ts';
import { validateCommand } from './commands/validate.ts';
import { exitCode } from './exit-code.ts';
import { standardOutput } from './output.ts';

const program = new Command('kat-fhir')
  .description('FHIR R4 server, validator and guide for ketamine-assisted therapy')
  .version(packageVersion())
  .exitOverride();
for (const command of [
  serveCommand(),
  validateCommand(standardOutput),
  loadCommand(standardOutput),
  demoCommand(standardOutput),
  packageCommand(standardOutput),
]) {
  program.addCommand(command.copyInheritedSettings(program));
}

// A reader that has seen enough, such as `head`, closes the pipe: that ends the command, it is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.fine);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Asking for help or the version ends with 0, everything else commander objects to is a matter of usage.
    process.exitCode = error.exitCode === 0 ? exitCode.fine : exitCode.usage;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = exitCode.environment;
  }
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
