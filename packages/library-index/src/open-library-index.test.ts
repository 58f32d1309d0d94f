import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSqlite, openSqlite } from '@modelkeep/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openLibraryIndex } from './open-library-index.ts';
import { idOf, makeFolder, makeRecord } from './records.test-helper.ts';

interface Child {
  readonly kill: () => void;
  readonly line: () => Promise<string>;
  readonly ended: Promise<unknown>;
}

function startChild(...args: readonly string[]): Child {
  const program = fileURLToPath(new URL('./open-library-index.test-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => code ?? signal);
  return { kill: () => void child.kill('SIGKILL'), line: async () => String((await lines.next()).value), ended };
}

/** Garbles a stretch in the middle of a file. */
async function damage(path: string, from: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(4_096, 0x5a), 0, 4_096, from);
  await file.close();
}

test('an index outlives its process', async () => {
  const path = join(await makeFolder(), 'models.db');
  {
    await using index = await openLibraryIndex({ path });
    expect(index).toMatchObject({ path, needsRebuild: true, setAside: null, possiblyStale: false });
    await index.replaceAll([makeRecord(1)]);
  }
  await using sqlite = createSqlite();
  await using index = await openLibraryIndex({ path, sqlite });
  expect(index.needsRebuild).toBe(false);
  expect(await index.get(idOf(1))).toEqual(makeRecord(1));
});

test('a damaged file is set aside and an empty index takes its place', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'models.db');
  await (await openLibraryIndex({ path })).close();
  for (const write of [
    () => damage(path, 0),
    () => writeFile(path, 'not a database'.repeat(1_000)),
    () => damage(path, 4_096),
  ]) {
    {
      await using index = await openLibraryIndex({ path });
      await index.replaceAll([makeRecord(1)]);
    }
    await write();
    await using index = await openLibraryIndex({ path });
    expect(index.needsRebuild).toBe(true);
    expect(index.setAside).toMatch(/models\.db\.corrupt-\d{8}T\d{9}Z/);
    expect((await readFile(index.setAside ?? '')).length).toBeGreaterThan(0);
    expect(await index.stats()).toMatchObject({ models: 0 });
  }
});

test('damage in the middle shows in the check, and in a typed error', async () => {
  const path = join(await makeFolder(), 'models.db');
  {
    await using index = await openLibraryIndex({ path });
    await index.replaceAll(
      Array.from({ length: 500 }, (_, number) => makeRecord(number, { description: 'x'.repeat(3_000) })),
    );
  }
  for (let page = 100; page < 600; page += 1) await damage(path, page * 4_096);
  await using index = await openLibraryIndex({ path });
  const check = await index.check();
  expect(check.ok).toBe(false);
  expect(check.problems.length).toBeGreaterThan(0);
  await expect(index.list({ limit: 1_000 })).rejects.toMatchObject({ code: 'sqlite.corrupt', facts: { path } });
});

test('an index that was written anew by another process is no damage', async () => {
  const path = join(await makeFolder(), 'models.db');
  await using index = await openLibraryIndex({ path });
  await using other = await openLibraryIndex({ path });
  const records = Array.from({ length: 400 }, (_, number) => makeRecord(number));
  for (const from of [0, 200]) await other.upsert(records.slice(from, from + 200));
  for (const query of ['model', 'modle']) expect((await index.search(query)).hits).toHaveLength(20);
  await other.replaceAll(records);
  expect(await index.check()).toEqual({ ok: true, problems: [] });
});

test('a file with tables or triggers of somebody else is no index of ours', async () => {
  const folder = await makeFolder();
  for (const [name, sql] of [
    ['trigger.db', 'create trigger evil after insert on models begin delete from models; end'],
    ['view.db', "create view evil as select 'x' as y"],
    ['missing.db', 'drop table facts'],
  ] as const) {
    const path = join(folder, name);
    await (await openLibraryIndex({ path })).close();
    const database = await openSqlite({ path });
    await database.run(sql);
    await database.close();
    await expect(openLibraryIndex({ path, readOnly: true })).rejects.toMatchObject({
      code: 'sqlite.corrupt',
      facts: { path },
    });
    await using index = await openLibraryIndex({ path });
    expect(index.setAside).not.toBeNull();
  }
});

test('a record that is no record is damage', async () => {
  const path = join(await makeFolder(), 'models.db');
  await using index = await openLibraryIndex({ path });
  await index.upsert([makeRecord(1)]);
  await using database = await openSqlite({ path });
  for (const text of ['{', '[]', 'null', '{"id": 5}']) {
    await database.run('update records set record = ?', [text]);
    await expect(index.get(idOf(1))).rejects.toMatchObject({ code: 'sqlite.corrupt', facts: { path } });
  }
});

test('read-only: reads beside a writer, writes nothing, creates nothing', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'models.db');
  await expect(openLibraryIndex({ path, readOnly: true })).rejects.toMatchObject({
    code: 'io.not-found',
    facts: { path },
  });
  expect(await readdir(folder)).toEqual([]);
  await using writer = await openLibraryIndex({ path });
  await writer.upsert([makeRecord(1)]);
  await using reader = await openLibraryIndex({ path, readOnly: true });
  expect(reader.needsRebuild).toBe(false);
  expect((await reader.search('model')).hits).toHaveLength(1);
  await writer.upsert([makeRecord(2)]);
  expect((await reader.search('model')).hits).toHaveLength(2);
  const writes = [() => reader.upsert([makeRecord(3)]), () => reader.remove([idOf(1)]), () => reader.replaceAll([])];
  for (const write of writes) {
    await expect(write()).rejects.toMatchObject({ code: 'io.read-only' });
  }
});

test('a newer schema is left alone', async () => {
  const path = join(await makeFolder(), 'models.db');
  await (await openLibraryIndex({ path })).close();
  const database = await openSqlite({ path });
  await database.run('update modelkeep_migrations set version = version + 1');
  await database.close();
  await expect(openLibraryIndex({ path })).rejects.toMatchObject({ code: 'sqlite.schema-newer' });
});

test('a closed index refuses calls', async () => {
  const index = await openLibraryIndex({ path: join(await makeFolder(), 'models.db') });
  await index.close();
  await expect(index.search('flux')).rejects.toMatchObject({ code: 'core.closed' });
});

test('4 processes write and read one index at once', async () => {
  const path = join(await makeFolder(), 'models.db');
  const children = [1, 2, 3, 4].map((number) => startChild('write', path, String(number)));
  expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0, 0]);
  await using index = await openLibraryIndex({ path });
  expect((await index.get(idOf(0)))?.revision).toBe(40);
  expect(await index.stats()).toMatchObject({ models: 4 * 30 + 1 });
  expect((await index.search('model', { limit: 1_000 })).hits).toHaveLength(120);
  expect(await index.check()).toEqual({ ok: true, problems: [] });
});

test('processes that find a damaged index at once set it aside once', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'models.db');
  await writeFile(path, 'not a database'.repeat(1_000));
  const children = [1, 2, 3, 4].map(() => startChild('open', path));
  const answers = await Promise.all(
    children.map(async (child) => JSON.parse(await child.line()) as { setAside: boolean }),
  );
  expect(answers.filter(({ setAside }) => setAside)).toHaveLength(1);
  expect((await readdir(folder)).filter((name) => name.includes('corrupt'))).toHaveLength(1);
  await Promise.all(children.map((child) => child.ended));
});

test('a process that is killed during a rebuild leaves one of the two indexes', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'models.db');
  for (let round = 0; round < 3; round += 1) {
    const child = startChild('rebuild', path);
    expect(await child.line()).toBe('writing');
    await new Promise((resolve) => setTimeout(resolve, 60 + 70 * round));
    child.kill();
    expect(await child.ended).toBe('SIGKILL');
    await using index = await openLibraryIndex({ path });
    const { records } = await index.list({ limit: 1_000 });
    expect(new Set(records.map(({ officialName }) => officialName)).size).toBeLessThanOrEqual(1);
    expect([0, 300]).toContain(records.length);
    expect((await index.search('round', { limit: 1_000 })).hits).toHaveLength(records.length);
    expect(index.setAside).toBeNull();
  }
});
