import { isModelkeepError } from '@modelkeep/core';

/**
 * The system's code of an error: of the error itself, or of the one that an `io.*` error was made from.
 *
 * @param error - anything that was thrown
 * @returns such as `ENOENT`, or undefined when no system call failed
 */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isModelkeepError(error, 'core.too-many-files')) return error.facts.systemCode;
  if (isModelkeepError(error))
    return error.code === 'io.failed' ? ioFailedCode(error.facts) : systemCodeOf(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}

function ioFailedCode(facts: unknown): string | undefined {
  return (facts as { readonly systemCode?: string }).systemCode;
}
