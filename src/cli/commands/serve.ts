/** `kat-fhir serve`: the server, as `npm start` runs it. */
import { Command } from 'commander';

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve the FHIR API; settings come from the environment (see the README)')
    .action(async () => {
      // The entry of the server starts it when it is loaded, and handles signals itself.
      await import('../../main.ts');
    });
}
