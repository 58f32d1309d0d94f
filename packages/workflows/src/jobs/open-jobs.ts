import type { Clock, Logger } from '@modelkeep/core';
import { createSqliteJobs, jobsMigrations, type JobStore } from '@modelkeep/jobs';
import type { LibraryStore } from '@modelkeep/library';
import { openReplaceable, type Sqlite } from '@modelkeep/sqlite';
import { openForReading } from '../workspace/open-for-reading.ts';

/** @internal The queue of the library, opened when it is first needed. */
export interface OwnJobs {
  /** @throws `library.read-only` where nothing may be written */
  open(): Promise<JobStore>;
  close(): Promise<void>;
}

/** @internal */
export function openOwnJobs({
  store: { stateFile, root },
  shared,
  sqlite,
  clock,
  logger,
}: {
  readonly store: Pick<LibraryStore, 'stateFile' | 'root'>;
  /** That of all machines, in place of this machine's own. */
  readonly shared: JobStore | undefined;
  readonly sqlite: Sqlite;
  readonly clock: Clock;
  readonly logger: Logger;
}): OwnJobs {
  let opening: Promise<JobStore> | undefined;
  const openFile = async (): Promise<JobStore> => {
    if (stateFile === null) throw openForReading(root, 'jobs cannot be managed');
    if (shared !== undefined) return shared;
    const database = await openReplaceable({
      sqlite,
      path: stateFile,
      migrations: [jobsMigrations],
      synchronous: 'full',
      clock,
      onSetAside: (aside) => logger.warn('the record of jobs was damaged: they are to be submitted again', { aside }),
    });
    return createSqliteJobs({ database, clock });
  };
  return {
    open() {
      opening ??= openFile().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}
