import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temp folder that goes when the test ends. */
export async function tempFolder(): Promise<{ path: string; join(...names: string[]): string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-workflows-'));
  return {
    path,
    join: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
