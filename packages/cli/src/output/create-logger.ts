import type { Logger } from '@modelkeep/core';
import type { Terminal } from './terminal.ts';

/** @internal Warnings and errors of the library on stderr; the rest is not for people. */
export function createLogger(terminal: Terminal): Logger {
  const line = (level: string, message: string, facts: object | undefined): void =>
    terminal.err(`${level}: ${message}${facts === undefined ? '' : ` ${JSON.stringify(facts)}`}`);
  return {
    debug() {},
    info() {},
    warn: (message, facts) => line('warning', message, facts),
    error: (message, facts) => line('error', message, facts),
  };
}
