import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, startChild } from './child.test-helper.ts';
import { createSqlite } from './create-sqlite.ts';

const child = './acquire-lock.test-child.ts';

describe.each(['worker', 'in-thread'] as const)('a lock (%s)', (mode) => {
  test('one holder at a time, in one process', async () => {
    const folder = await makeFolder();
    const path = join(folder, 'lock.db');
    await using sqlite = createSqlite({ mode });
    const first = await sqlite.acquireLock(path);
    expect(await readdir(folder)).toEqual(['lock.db']);
    await expect(sqlite.acquireLock(path, { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'sqlite.locked',
      facts: { path },
    });
    await first.release();
    await first.release();
    await using second = await sqlite.acquireLock(path, { timeoutMs: 0 });
    expect(second).toBeDefined();
    expect((await stat(path)).size).toBe(0);
  });

  test('many callers of one process take turns', async () => {
    const path = join(await makeFolder(), 'lock.db');
    await using sqlite = createSqlite({ mode });
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await using lock = await sqlite.acquireLock(path);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside -= 1;
        expect(lock).toBeDefined();
      }),
    );
    expect(most).toBe(1);
  });

  test('a file that is no lock is refused and left alone', async () => {
    const path = join(await makeFolder(), 'lock.db');
    await writeFile(path, 'this is a text file that somebody put here');
    await using sqlite = createSqlite({ mode });
    await expect(sqlite.acquireLock(path)).rejects.toMatchObject({ code: 'sqlite.corrupt', facts: { path } });
    expect(await readFile(path, 'utf8')).toContain('text file');
    await expect(sqlite.acquireLock(join(path, 'below'))).rejects.toMatchObject({ code: 'io.not-found' });
    await expect(sqlite.acquireLock('relative.db')).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });
});

test('locks that wait do not keep the worker from others', async () => {
  const folder = await makeFolder();
  await using sqlite = createSqlite({ size: 1 });
  const abort = new AbortController();
  const held = await sqlite.acquireLock(join(folder, 'held.db'));
  const waiting = Array.from({ length: 20 }, () =>
    sqlite.acquireLock(join(folder, 'held.db'), { signal: abort.signal }),
  );
  const outcomes = Promise.allSettled(waiting);
  for (let index = 0; index < 50; index += 1) {
    const free = await sqlite.acquireLock(join(folder, `${index}.db`), { timeoutMs: 0 });
    await free.release();
  }
  const reason = new Error('enough');
  abort.abort(reason);
  expect(await outcomes).toEqual(waiting.map(() => ({ status: 'rejected', reason })));
  await held.release();
  await (await sqlite.acquireLock(join(folder, 'held.db'), { timeoutMs: 0 })).release();
});

test('the lock of a process that was killed is free at once', async () => {
  const path = join(await makeFolder(), 'lock.db');
  const holder = startChild(child, ['hold', path]);
  expect(await holder.line()).toBe('held');
  await using sqlite = createSqlite();
  await expect(sqlite.acquireLock(path, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'sqlite.locked' });
  holder.process.kill('SIGKILL');
  expect(await holder.ended).toBe('SIGKILL');
  await using lock = await sqlite.acquireLock(path, { timeoutMs: 0 });
  expect(lock).toBeDefined();
});

test('8 processes, 50 read-modify-writes of one file each: none is lost', async () => {
  const folder = await makeFolder();
  const file = join(folder, 'shared.json');
  await writeFile(file, JSON.stringify({ updates: [] }));
  const children = Array.from({ length: 8 }, () => startChild(child, ['update', join(folder, 'lock.db'), file, '50']));
  expect(await Promise.all(children.map((it) => it.ended))).toEqual(children.map(() => 0));
  const { updates } = JSON.parse(await readFile(file, 'utf8')) as { updates: string[] };
  expect(new Set(updates).size).toBe(400);
});
