import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '@modelkeep/core';
import { createIo, nodeFileSystem, type Io } from '@modelkeep/io';
import { createSqlite, type Sqlite } from '@modelkeep/sqlite';
import { buildSafetensors } from '@modelkeep/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { withLock, type StoreContext } from '../store-context.ts';
import { openVolumeLocks, type LockKind, type VolumeLocks } from './volume-locks.ts';

async function scene(): Promise<{ folder: string; io: Io; sqlite: Sqlite }> {
  const folder = await tempFolder();
  const io = createIo({ workers: 'in-thread' });
  const sqlite = createSqlite({ mode: 'in-thread' });
  onTestFinished(async () => {
    await sqlite.close();
    await io.close();
    await folder[Symbol.asyncDispose]();
  });
  return { folder: folder.path, io, sqlite };
}

async function locksOf(kind?: LockKind): Promise<{ locks: VolumeLocks; folder: string }> {
  const { folder, io, sqlite } = await scene();
  return { folder, locks: await openVolumeLocks({ root: folder, folder, kind, io, sqlite, logger: silentLogger }) };
}

const contextOf = (locks: VolumeLocks): StoreContext => ({ locks }) as StoreContext;

describe('the locks of a volume', () => {
  it('are those of SQLite on a drive of this machine, and leases on a share', async () => {
    const { folder, io, sqlite } = await scene();
    const { mountPoint } = await io.driveOf(folder);
    const options = { root: folder, folder, sqlite, logger: silentLogger };
    expect((await openVolumeLocks({ ...options, io })).kind).toBe('sqlite');
    await using onShare = createIo({ workers: 'in-thread', drives: [{ drive: mountPoint, kind: 'network' }] });
    expect((await openVolumeLocks({ ...options, io: onShare })).kind).toBe('lease');
    expect((await openVolumeLocks({ ...options, io: onShare, kind: 'sqlite' })).kind).toBe('sqlite');
    expect((await openVolumeLocks({ ...options, io, folder: join(folder, 'missing') })).kind).toBe('sqlite');
    const lock = await (await openVolumeLocks({ ...options, io: onShare })).acquire('a3');
    await lock.release();
    expect((await openVolumeLocks({ ...options, io })).kind, 'what the others use').toBe('lease');
  });

  it.each(['sqlite', 'lease'] as const)('let one in at a time (%s)', async (kind) => {
    const { locks } = await locksOf(kind);
    let inside = 0;
    let done = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        withLock(contextOf(locks), 'a3', async (lock) => {
          expect(++inside).toBe(1);
          await lock.check();
          inside -= 1;
          done += 1;
        }),
      ),
    );
    expect(done).toBe(8);
  });

  it.each(['sqlite', 'lease'] as const)('are given back when the work fails (%s)', async (kind) => {
    const { locks } = await locksOf(kind);
    const failing = withLock(contextOf(locks), 'a3', async () => Promise.reject(new Error('the work failed')));
    await expect(failing).rejects.toThrow('the work failed');
    expect(await withLock(contextOf(locks), 'a3', async () => 'mine')).toBe('mine');
  });

  it('say so when a lease was lost meanwhile', async () => {
    const { locks, folder } = await locksOf('lease');
    const path = join(folder, 'a3.lease');
    const robbed = withLock(contextOf(locks), 'a3', async (lock) => {
      const [name = ''] = await readdir(path);
      await rename(join(path, name), join(path, '9.free'));
      await expect(lock.check()).rejects.toMatchObject({ code: 'io.lease-lost' });
      return 'done';
    });
    await expect(robbed).rejects.toMatchObject({ code: 'io.lease-lost', facts: { path, fence: 1 } });
    expect(await readdir(path)).toEqual(['9.free']);
  });

  it('set a damaged lock file of SQLite aside', async () => {
    const { locks, folder } = await locksOf('sqlite');
    await writeFile(join(folder, 'a3.db'), 'this is no lock, whatever it may be');
    expect(await withLock(contextOf(locks), 'a3', async () => 'mine')).toBe('mine');
    expect((await readdir(folder)).some((name) => name.startsWith('a3.db.corrupt-'))).toBe(true);
  });
});

it('a library on a share is written under leases, by several at once', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  const source = join(folder.path, 'one.safetensors');
  await mkdir(root);
  await writeFile(source, buildSafetensors({ tensors: { 'lora_up.weight': { dtype: 'F16', shape: [4, 4] } } }));
  await using probe = createIo({ workers: 'in-thread' });
  const drives = [{ drive: (await probe.driveOf(root)).mountPoint, kind: 'network' as const }];
  await using first = await openTestStore({ root, drives });
  await using second = await openTestStore({ root, drives });
  const reports = await Promise.all([first, second].map((store) => store.import([source]).result));
  expect(new Set(reports.flatMap(({ models }) => models.map(({ id }) => id))).size).toBe(1);
  const locks = await readdir(first.layout.locks);
  expect(locks.length).toBeGreaterThan(0);
  expect(locks.every((name) => name.endsWith('.lease'))).toBe(true);
  const states = await Promise.all(locks.map((name) => nodeFileSystem.readdir(join(first.layout.locks, name))));
  expect(states.flat().every(({ name }) => name.endsWith('.free'))).toBe(true);
});
