import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { memoryFolder } from './settings.ts';

/** Temporary folders of one benchmark. */
export interface BenchFolders extends AsyncDisposable {
  /** In memory: what the servers serve. */
  readonly root: string;
  /** In memory: for what nginx writes. */
  readonly scratch: string;
  /** A folder for downloads on the drive of the given one. */
  target(folder: string): Promise<string>;
}

/** Makes them; all are removed in the end, when somebody stops the benchmark too: they hold gigabytes of memory. */
export async function benchFolders(): Promise<BenchFolders> {
  const made: string[] = [];
  const make = async (folder: string): Promise<string> => {
    const path = await mkdtemp(join(folder, 'modelkeep-bench-'));
    made.push(path);
    return path;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const path of made) rmSync(path, { recursive: true, force: true });
      process.exit(1);
    });
  }
  const base = await make(memoryFolder);
  const [root, scratch] = [join(base, 'root'), join(base, 'scratch')];
  await mkdir(root);
  await mkdir(scratch);
  return {
    root,
    scratch,
    target: async (folder) => join(await make(folder), 'run'),
    async [Symbol.asyncDispose]() {
      for (const path of made) await rm(path, { recursive: true, force: true });
    },
  };
}
