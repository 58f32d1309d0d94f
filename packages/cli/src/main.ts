import { CommanderError } from 'commander';
import { createProgram } from './create-program.ts';
import type { ExitCode } from './exit-code.ts';
import { reportError } from './output/report-error.ts';
import { createTerminal, type Terminal } from './output/terminal.ts';

/**
 * Runs one command line.
 *
 * @param args - without the names of the interpreter and the script
 */
export async function main(args: readonly string[], terminal: Terminal = createTerminal()): Promise<ExitCode> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(new DOMException('interrupted', 'AbortError'));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const session = { terminal, signal: interrupt.signal, exitCode: 0 as ExitCode };
  try {
    await createProgram(session).parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, { terminal, json: args.includes('--json'), interrupted: interrupt.signal.aborted });
  } finally {
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
  }
}
