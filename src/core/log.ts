/**
 * The log: pino, one JSON object a line. PHI never enters it: callers pass ids of requests, types, statuses and
 * durations, never bodies, query values or resource ids.
 */
import pino, { type Logger } from 'pino';

export type Log = Logger;

/**
 * @param level a pino level, or `silent`
 * @returns a logger that writes to stdout
 */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    redact: { paths: ['headers', 'req.headers', 'body', 'query', '*.body', '*.query'], remove: true },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
