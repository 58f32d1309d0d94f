import { CommanderError } from 'commander';
import { createProgram } from './create-program.ts';
import type { ExitCode } from './exit-code.ts';
import { reportError } from './output/report-error.ts';
import { printableTerminal } from './output/printable.ts';
import { createTerminal, type Terminal } from './output/terminal.ts';

/**
 * Runs one command line.
 *
 * @param args - without the names of the interpreter and the script
 */
export async function main(args: readonly string[], given: Terminal = createTerminal()): Promise<ExitCode> {
  const terminal = printableTerminal(given);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(new DOMException('interrupted', 'AbortError'));
  // Not once: a second Ctrl-C, or one that comes twice, must not end the process before what is on disk is in order.
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const session = { terminal, signal: interrupt.signal, exitCode: 0 as ExitCode };
  try {
    await createProgram(session).parseAsync(args, { from: 'user' });
    return terminal.hasFailed?.() === true ? 1 : session.exitCode;
  } catch (error) {
    const json = args.includes('--json');
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (json) terminal.out(JSON.stringify({ error: { name: 'UsageError', message: error.message } }, null, 2));
      return 2;
    }
    return reportError(error, { terminal, json, interrupted: interrupt.signal.aborted });
  } finally {
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
  }
}
