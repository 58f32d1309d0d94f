import { ModelkeepError } from '@modelkeep/core';

/**
 * The error for what a library that is open for reading does not do.
 *
 * @param root - the library's folder
 * @param what - what cannot be done, such as `jobs cannot be managed`
 */
export function openForReading(root: string, what: string): ModelkeepError<'library.read-only'> {
  return new ModelkeepError('library.read-only', {
    message: `${what}: ${root} is open for reading only`,
    facts: { root },
    hint: "open the library with mode 'write'",
  });
}
