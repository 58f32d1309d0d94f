import { nodeFileSystem, type FileSystem } from '@modelkeep/io';

/** The calls that change something: a process can die, or a drive fail, before each of them. */
const mutating = [
  'mkdir',
  'writeFile',
  'createAppend',
  'rename',
  'link',
  'reflink',
  'symlink',
  'unlink',
  'rmdir',
  'chmod',
  'fsyncFile',
  'fsyncFolder',
] as const satisfies readonly (keyof FileSystem)[];

/** The real file system with a fault at one of its calls. */
export interface FaultyFileSystem extends FileSystem {
  /** Calls that change something so far. */
  readonly mutations: number;
  /** Whether the fault has struck. */
  readonly struck: boolean;
}

/** When and how it fails. */
export interface FaultyFileSystemOptions {
  /** The number of the call that fails, counted from 1. */
  readonly atMutation: number;
  readonly error: () => Error;
  /** `once`: that call. `from-then-on`: nothing works any more, as if the process were gone. */
  readonly lasts: 'once' | 'from-then-on';
}

/** Wraps the real file system. */
export function createFaultyFileSystem(options: FaultyFileSystemOptions): FaultyFileSystem {
  const state = { mutations: 0, struck: false };
  const guard = (name: keyof FileSystem): void => {
    if (state.struck && options.lasts === 'from-then-on') throw options.error();
    if (!mutating.some((it) => it === name)) return;
    state.mutations += 1;
    if (state.mutations !== options.atMutation) return;
    state.struck = true;
    throw options.error();
  };
  const calls = Object.fromEntries(
    Object.entries(nodeFileSystem).map(([name, call]) => [
      name,
      async (...args: readonly unknown[]) => {
        guard(name as keyof FileSystem);
        return (call as (...passed: readonly unknown[]) => Promise<unknown>)(...args);
      },
    ]),
  ) as Record<keyof FileSystem, never>;
  return Object.defineProperties(
    { ...calls, mutations: 0, struck: false },
    { mutations: { get: () => state.mutations }, struck: { get: () => state.struck } },
  );
}
