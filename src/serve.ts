/**
 * The server as a process: reads the settings, opens the server, closes it on a signal.
 */
import { createApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';

/** How long a shutdown may wait for requests in progress, milliseconds. */
const shutdownLimit = 20_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const app = await createApp(config);
  const url = await app.listen();
  process.stdout.write(`${greeting(url)}\n`);
  let closing = false;
  const stop = (signal: string): void => {
    if (closing) return;
    closing = true;
    app.log.info({ signal }, 'closing');
    setTimeout(() => process.exit(1), shutdownLimit).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        app.log.error({ err: error }, 'closing failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function greeting(url: string): string {
  return [
    `kat-fhir answers at ${url}. Try:`,
    `  curl -s '${url}/metadata?_pretty=true' | head -40`,
    `  curl -s -X POST '${url}' -H 'Content-Type: application/fhir+json' --data-binary @examples/trd-iv-six/bundle.json | head -c 600`,
    `  curl -s '${url}/Procedure?_sort=date&_pretty=true' | head -60`,
  ].join('\n');
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(3);
});
