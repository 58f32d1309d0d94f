import { stat } from 'node:fs/promises';
import { ModelkeepError } from '@modelkeep/core';

/** @internal Tells whether another file has taken the place of the one that was opened. */
export async function watchFile(path: string): Promise<() => Promise<boolean>> {
  const opened = await identityOf(path);
  return async () => (await identityOf(path)) !== opened;
}

async function identityOf(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** @internal */
export function replaced(path: string): ModelkeepError {
  return new ModelkeepError('sqlite.failed', {
    message: `${path} is another file than the one that was opened`,
    facts: { path, sqliteCode: 'SQLITE_READONLY_DBMOVED' },
    hint: 'close the index and open it again',
  });
}
