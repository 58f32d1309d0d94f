import type { AppendFile, BulkFileSystem, FileSystem } from '@modelkeep/io';

/** A call to a file system that is about to be made. */
export interface FileSystemCall {
  readonly name: string;
  /** The path of the call, of a rename or link the new one; null for a call by descriptor. */
  readonly path: string | null;
  /** Whether it changes what is on the disk, or what of it is durable. */
  readonly mutates: boolean;
}

const reads: ReadonlySet<string> = new Set([
  'readdir',
  'lstat',
  'stat',
  'readFile',
  'readlink',
  'statfs',
  'realpath',
  'read',
  'status',
  'close',
  'readFolder',
  'nameStatus',
  'readLink',
  'realPath',
]);
/** Calls whose second argument is the name that comes to be. */
const named: ReadonlySet<string> = new Set(['rename', 'link', 'reflink']);

function describe(name: string, args: readonly unknown[]): FileSystemCall {
  const [first, second] = args;
  const pathOf = (value: unknown): string | null => {
    if (typeof value === 'string') return value;
    return typeof value === 'object' && value !== null && 'path' in value ? String(value.path) : null;
  };
  const opensToRead =
    name === 'open' && typeof second === 'object' && second !== null && 'mode' in second && second.mode === 'read';
  return { name, path: pathOf(named.has(name) ? second : first), mutates: !reads.has(name) && !opensToRead };
}

/** Wraps a file system so that `before` sees each call, and can hold it up or make it fail. */
export function interceptFileSystem(
  inner: FileSystem,
  before: (call: FileSystemCall) => void | Promise<void>,
): FileSystem {
  const wrap =
    (name: string, call: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]): Promise<unknown> => {
      await before(describe(name, args));
      const result = await call(...args);
      return name === 'createAppend' ? interceptAppend(result as AppendFile, String(args[0]), before) : result;
    };
  return Object.fromEntries(
    Object.entries(inner).map(([name, call]) => [name, wrap(name, call as (...args: never[]) => Promise<unknown>)]),
  ) as unknown as FileSystem;
}

function interceptAppend(
  file: AppendFile,
  path: string,
  before: (call: FileSystemCall) => void | Promise<void>,
): AppendFile {
  return {
    async append(data) {
      await before({ name: 'append', path, mutates: true });
      await file.append(data);
    },
    close: () => file.close(),
  };
}

/** The same for the blocking calls. */
export function interceptBulkFileSystem(inner: BulkFileSystem, before: (call: FileSystemCall) => void): BulkFileSystem {
  return Object.fromEntries(
    Object.entries(inner).map(([name, call]) => [
      name,
      (...args: never[]): unknown => {
        before(describe(name, args));
        return (call as (...passed: never[]) => unknown)(...args);
      },
    ]),
  ) as unknown as BulkFileSystem;
}
