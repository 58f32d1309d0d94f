import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { nameExists } from '../files/name-exists.ts';
import { removeQuietly } from '../files/remove-quietly.ts';
import type { FileSystem } from '../ports/file-system.ts';

/** @internal What the name of the one file in a lease's folder says. */
export interface LeaseState {
  readonly name: string;
  readonly fence: number;
  /** Null: it is free. */
  readonly holder: { readonly beat: number; readonly token: string; readonly identity: string } | null;
}

const FREE = /^(\d{1,15})\.free$/;
const STAGED = /^[0-9a-f]{16}\.new$/;
const HELD = /^(\d{1,15})-(\d{1,15})-([0-9a-f]{16})-([0-9a-z-]{1,120})\.held$/;

/** @internal */
export function freeName(fence: number): string {
  return `${fence}.free`;
}

/** @internal */
export function heldName(fence: number, { beat, token, identity }: NonNullable<LeaseState['holder']>): string {
  return `${fence}-${beat}-${token}-${identity}.held`;
}

/**
 * @internal Who holds the lease. Of several files, which only a copied or mended folder has, the one with the highest
 * numbers counts.
 *
 * @returns undefined where there is no lease yet
 */
export async function readLeaseState(fileSystem: FileSystem, path: string): Promise<LeaseState | undefined> {
  try {
    const names = (await fileSystem.readdir(path)).map(({ name }) => name);
    const states = names.flatMap((name) => stateOf(name) ?? []);
    return states.sort((a, b) => b.fence - a.fence || (b.holder?.beat ?? 0) - (a.holder?.beat ?? 0))[0];
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return undefined;
    throw error;
  }
}

function stateOf(name: string): LeaseState | undefined {
  const free = FREE.exec(name);
  if (free !== null) return { name, fence: Number(free[1]), holder: null };
  const [, fence, beat, token = '', identity = ''] = HELD.exec(name) ?? [];
  if (fence === undefined) return undefined;
  return { name, fence: Number(fence), holder: { beat: Number(beat), token, identity } };
}

/**
 * @internal The one step that changes who holds a lease: of all who rename the same name, the server lets one win.
 *
 * @returns whether it was this one
 */
export async function moveLease(
  fileSystem: FileSystem,
  path: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<boolean> {
  try {
    await fileSystem.rename(join(path, from), join(path, to));
    return true;
  } catch (error) {
    if (!isModelkeepError(error, 'io.not-found')) throw error;
    // A share may answer the repetition of a request whose first answer was lost: nobody else makes this name.
    return nameExists(fileSystem, join(path, to));
  }
}

/**
 * @internal Makes the folder of a lease that nobody holds, whole or not at all: it is renamed to its place, which fails where
 * one with a file in it is.
 */
export async function createLease(fileSystem: FileSystem, path: string): Promise<void> {
  const staged = `${path}.${randomBytes(8).toString('hex')}.new`;
  const file = join(staged, freeName(0));
  try {
    await fileSystem.mkdir(staged);
    await fileSystem.writeFile(file, { data: '' });
    await moveFolder(fileSystem, staged, path);
  } catch (error) {
    // Somebody else was faster, and has swept this one away before its file was in it.
    const isSwept = isModelkeepError(error, 'io.not-found') && (await readLeaseState(fileSystem, path)) !== undefined;
    if (!isSwept) throw error;
  } finally {
    await removeStaged(fileSystem, staged);
  }
  const prefix = `${basename(path)}.`;
  for (const { name } of await fileSystem.readdir(dirname(path))) {
    // Whoever is about to rename its own finds that there is a lease by now.
    if (name.startsWith(prefix) && STAGED.test(name.slice(prefix.length)))
      await removeStaged(fileSystem, join(dirname(path), name));
  }
}

async function moveFolder(fileSystem: FileSystem, staged: string, path: string): Promise<void> {
  for (let isLast = false; ; isLast = true) {
    try {
      await fileSystem.rename(staged, path);
      return;
    } catch (error) {
      // Somebody else was faster, or swept ours away because somebody was.
      if ((await readLeaseState(fileSystem, path)) !== undefined || !(await nameExists(fileSystem, staged))) return;
      if (isLast) throw error;
      // What is empty is in the way on some systems only.
      await fileSystem.rmdir(path).catch(() => {});
    }
  }
}

async function removeStaged(fileSystem: FileSystem, staged: string): Promise<void> {
  await removeQuietly(fileSystem, join(staged, freeName(0)));
  await fileSystem.rmdir(staged).catch(() => {});
}
