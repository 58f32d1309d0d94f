import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { describe, expect, test } from 'vitest';
import { loadNodeSqlite } from '../driver/node-sqlite.ts';
import { createSqlite } from '../create-sqlite.ts';
import { openSqlite } from '../open-sqlite.ts';
import { isBusy, translateSqliteError } from './translate-error.ts';

const driver = loadNodeSqlite();
const at = { driver, path: '/data/a.db' };
const sqliteError = (errcode: number): Error =>
  Object.assign(new Error('it failed'), { code: 'ERR_SQLITE_ERROR', errcode });

/** Without room for bytes, or for names. Where none can be mounted, the path is null. */
async function fullDrive(
  lacks: 'bytes' | 'names' = 'bytes',
  prepare: (folder: string) => Promise<unknown> = async () => {},
): Promise<{ readonly path: string | null } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-full-'));
  let isMounted = false;
  try {
    const options = lacks === 'bytes' ? 'size=64k' : 'size=4m,nr_inodes=8';
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
    isMounted = true;
    await prepare(path);
    if (lacks === 'bytes') await writeFile(join(path, 'filler'), Buffer.alloc(64 * 1024));
    const names = lacks === 'names' ? (await statfs(path)).ffree : 0;
    for (let name = 0; name < names; name += 1) await writeFile(join(path, String(name)), '');
  } catch (error) {
    if (isMounted) throw error;
  }
  return {
    path: isMounted ? path : null,
    async [Symbol.asyncDispose]() {
      if (isMounted) execFileSync('umount', [path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

describe('result codes', () => {
  test.each([
    [13, 'io.disk-full', { path: '/data/a.db' }],
    [8, 'io.read-only', { path: '/data/a.db' }],
    [776, 'io.read-only', { path: '/data/a.db' }],
    [261, 'sqlite.locked', { path: '/data/a.db', waitedMs: 0 }],
    [1032, 'sqlite.failed', { path: '/data/a.db', sqliteCode: 'SQLITE_READONLY_DBMOVED' }],
    [11, 'sqlite.corrupt', { path: '/data/a.db' }],
    [267, 'sqlite.corrupt', { path: '/data/a.db' }],
    [26, 'sqlite.corrupt', { path: '/data/a.db' }],
    [14, 'io.not-found', { path: '/data/a.db' }],
    [778, 'sqlite.failed', { path: '/data/a.db', sqliteCode: 'SQLITE_IOERR_WRITE' }],
    [6410, 'sqlite.failed', { path: '/data/a.db', sqliteCode: 'SQLITE_IOERR' }],
    [99, 'sqlite.failed', { path: '/data/a.db', sqliteCode: 'SQLITE_99' }],
  ])('%i is %s', (resultCode, code, facts) => {
    const cause = sqliteError(resultCode);
    const error = translateSqliteError(cause, at);
    expect(error).toMatchObject({ code, facts });
    expect(error.cause).toBe(cause);
    expect(error.message).toContain('/data/a.db');
  });

  test('a drive without room is told from one that is broken', async () => {
    await using drive = await fullDrive();
    if (drive.path === null) return;
    const path = join(drive.path, 'a.db');
    for (const resultCode of [778, 4874]) {
      expect(translateSqliteError(sqliteError(resultCode), { driver, path })).toMatchObject({
        code: 'io.disk-full',
        facts: { path },
        hint: expect.stringContaining('free some space') as string,
      });
    }
    await expect(openSqlite({ path, mode: 'in-thread' })).rejects.toMatchObject({ code: 'io.disk-full' });
  });

  test('a drive without room for another name is full, and not without the file that could not be made', async () => {
    await using drive = await fullDrive('names', async (folder) => {
      const made = await openSqlite({ path: join(folder, 'there.db'), mode: 'in-thread' });
      await made.run('create table kept (it)');
      await made.close();
    });
    if (drive.path === null) return;
    // A database that was closed is read there: it makes no files beside itself.
    await using there = await openSqlite({ path: join(drive.path, 'there.db'), mode: 'in-thread', readOnly: true });
    expect(await there.all('select name from sqlite_schema')).toEqual([{ name: 'kept' }]);
    const path = join(drive.path, 'a.db');
    await expect(openSqlite({ path, mode: 'in-thread' })).rejects.toMatchObject({ code: 'io.disk-full' });
    await using sqlite = createSqlite({ mode: 'in-thread' });
    await expect(sqlite.acquireLock(path)).rejects.toMatchObject({ code: 'io.disk-full' });
    const reading = openSqlite({ path, mode: 'in-thread', readOnly: true });
    await expect(reading).rejects.toMatchObject({ code: 'io.not-found' });
  });

  test('busy in every form is told from the rest', () => {
    for (const code of [5, 261, 517, 773]) expect(isBusy(driver, sqliteError(code))).toBe(true);
    for (const error of [sqliteError(6), sqliteError(11), new Error('busy'), 5])
      expect(isBusy(driver, error)).toBe(false);
  });

  test('our own errors pass, those of the driver keep their words', () => {
    const own = new ModelkeepError('core.closed', { message: 'closed', facts: { resource: 'x' } });
    expect(translateSqliteError(own, at)).toBe(own);
    expect(translateSqliteError(new TypeError('cannot be bound'), at)).toMatchObject({
      code: 'sqlite.failed',
      facts: { sqliteCode: 'DRIVER' },
      message: '/data/a.db: cannot be bound',
    });
    expect(translateSqliteError('text', at)).toMatchObject({ code: 'sqlite.failed', message: '/data/a.db: text' });
  });
});
