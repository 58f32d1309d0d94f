/** Imports folders, and kills itself right before one of its changes to the drive. Tells how many there were if it gets to the end. */
import { createIdentifier } from '@modelkeep/formats';
import { createIo } from '@modelkeep/io';
import { createSqlite } from '@modelkeep/sqlite';
import { createFaultyFileSystem } from '@modelkeep/testing';
import { openLibraryStore } from '../open-library-store.ts';

/** What is imported how, and where it ends. */
export interface KilledImport {
  readonly root: string;
  readonly sources: readonly string[];
  readonly mode: 'copy' | 'move' | 'link';
  /** Counted from 1; 0: never. */
  readonly atMutation: number;
}

const { root, sources, mode, atMutation } = JSON.parse(process.argv[2] ?? '') as KilledImport;
const error = (): Error => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
};
const faulty = createFaultyFileSystem({ atMutation, lasts: 'from-then-on', error });
const { fileSystem, bulkFileSystem } = faulty;
await using io = createIo({ workers: 'in-thread', fileSystem, bulkFileSystem });
await using sqlite = createSqlite();
await using store = await openLibraryStore({ root, io, sqlite, identifier: createIdentifier({ mode: 'in-thread' }) });
await store.import(sources, { mode }).result;
process.send?.(faulty.mutations);
process.disconnect();
