import { isAbsolute } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';

/**
 * @internal A relative path would mean something else in every process, and SQLite reads some of them as a URI.
 *
 * @throws `core.invalid-argument`
 */
export function checkDatabasePath(path: string): void {
  if (isAbsolute(path) && !path.includes('\0')) return;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'the path of a database has to be absolute',
    facts: { argument: 'path', found: path },
    hint: 'resolve it first: path.resolve(…)',
  });
}
