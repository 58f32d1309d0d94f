import type { Clock, Logger } from '@modelkeep/core';
import type { Identifier } from '@modelkeep/formats';
import type { Io } from '@modelkeep/io';
import type { Sqlite } from '@modelkeep/sqlite';
import type { LockKind } from './volume/volume-locks.ts';

/** What `openLibraryStore` needs. */
export interface OpenLibraryStoreOptions {
  /** The library's folder. With `mode: 'write'` an empty or missing folder becomes a library. */
  readonly root: string;
  /** @default 'write' */
  readonly mode?: 'read' | 'write' | undefined;
  /** Whether an empty or missing folder becomes a library in mode `write`. @default true */
  readonly create?: boolean | undefined;
  readonly io: Io;
  readonly identifier: Identifier;
  /** Runs the index and the locks. */
  readonly sqlite: Sqlite;
  /**
   * A folder of this machine for what is known of it alone (links, hashes of files outside), and for the index where it
   * cannot be in the library; a folder in it for each library. @default in the library
   */
  readonly stateDir?: string | undefined;
  /** The same, but only where the library is on a network file system, or on a drive that is read-only. */
  readonly fallbackStateDir?: string | undefined;
  /** Stands for this machine. @default what the system tells */
  readonly machineId?: string | undefined;
  /** @default `lease` where the root is, or once was, on a network file system, `sqlite` elsewhere */
  readonly locks?: LockKind | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}
