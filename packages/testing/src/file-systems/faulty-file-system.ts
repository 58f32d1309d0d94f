import {
  nodeBulkFileSystem,
  nodeFileSystem,
  translateSystemError,
  type BulkFileSystem,
  type FileSystem,
} from '@modelkeep/io';
import { interceptBulkFileSystem, interceptFileSystem, type FileSystemCall } from './intercept.ts';

/** When and how {@link createFaultyFileSystem} fails. */
export interface FaultyFileSystemOptions {
  /** @default the file system of the machine */
  readonly fileSystem?: FileSystem | undefined;
  /** @default the blocking calls of the machine */
  readonly bulkFileSystem?: BulkFileSystem | undefined;
  /** The number of the changing call that fails, counted from 1 over both. */
  readonly atMutation: number;
  /** What it fails with: an error of the system (with a `code`), or any other. */
  readonly error: () => Error;
  /** `once`: that call. `from-then-on`: nothing works any more, as if the process were gone. */
  readonly lasts: 'once' | 'from-then-on';
}

/** A file system with a fault at one of its calls. */
export interface FaultyFileSystem {
  readonly fileSystem: FileSystem;
  readonly bulkFileSystem: BulkFileSystem;
  /** Calls that change something so far. */
  readonly mutations: number;
  /** The call at which the fault has struck, or null. */
  readonly struck: FileSystemCall | null;
}

/** Makes an error as the system throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

/** Wraps a file system so that one of its calls fails. */
export function createFaultyFileSystem(options: FaultyFileSystemOptions): FaultyFileSystem {
  const state = { mutations: 0, struck: null as FileSystemCall | null };
  const guard = (call: FileSystemCall): void => {
    if (state.struck !== null && options.lasts === 'from-then-on') throw options.error();
    if (!call.mutates) return;
    state.mutations += 1;
    if (state.mutations !== options.atMutation) return;
    state.struck = call;
    throw options.error();
  };
  return {
    fileSystem: interceptFileSystem(options.fileSystem ?? nodeFileSystem, (call) => {
      try {
        guard(call);
      } catch (error) {
        const isSystem = error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
        throw isSystem ? translateSystemError(error, { path: call.path ?? '', operation: call.name }) : error;
      }
    }),
    bulkFileSystem: interceptBulkFileSystem(options.bulkFileSystem ?? nodeBulkFileSystem, guard),
    get mutations() {
      return state.mutations;
    },
    get struck() {
      return state.struck;
    },
  };
}
