import { isModelkeepError, serialiseError } from '@modelkeep/core';
import type { ExitCode } from '../exit-code.ts';
import type { Terminal } from './terminal.ts';

/** Errors that the caller's words caused, and not the world. */
const usageErrors = new Set([
  'core.invalid-argument',
  'hub.invalid-reference',
  'library.invalid-edit',
  'mapper.unknown-app',
  'workflows.invalid-reference',
]);

/** @internal Says what went wrong and what can be done about it. */
export function reportError(
  error: unknown,
  { terminal, json, interrupted }: { terminal: Terminal; json: boolean; interrupted: boolean },
): ExitCode {
  const known = isModelkeepError(error);
  if (json) terminal.out(JSON.stringify({ error: serialiseError(error) }, null, 2));
  if (interrupted) {
    terminal.err('interrupted: run the same command again to go on where it stopped');
    return 1;
  }
  terminal.err(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (known) {
    for (const [name, value] of Object.entries(error.facts)) {
      if (value !== undefined && value !== null) terminal.err(`  ${name}: ${shown(value)}`);
    }
    if (error.hint !== undefined) terminal.err(`  hint: ${error.hint}`);
    terminal.err(`  code: ${error.code}`);
  }
  return known && usageErrors.has(error.code) ? 2 : 1;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
