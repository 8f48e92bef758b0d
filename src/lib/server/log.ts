import { pino, type Logger } from 'pino';

export type Log = Logger;

/** One JSON line an event on standard error, so that standard output stays a command's own. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      // Belt and braces: nothing that smells of a key is ever written.
      redact: {
        paths: [
          'apiKey',
          '*.apiKey',
          'authorization',
          '*.authorization',
          'password',
          '*.password',
          'token',
          '*.token'
        ],
        censor: '[hidden]'
      }
    },
    pino.destination({ fd: 2, sync: true })
  );
}
