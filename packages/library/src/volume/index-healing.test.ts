import { copyFile, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqlite } from '@modelkeep/sqlite';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

async function withLora(folder: string): Promise<LibraryStore> {
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  const store = await openTestStore({ root: join(folder, 'library') });
  await store.import([join(folder, 'line.safetensors')]).result;
  return store;
}

it('a call that meets damage makes the index anew and is answered', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  await (await withLora(folder.path)).close();
  const path = join(root, 'models.v2.db');
  const bytes = await readFile(path);
  await writeFile(path, Buffer.concat([bytes.subarray(0, 8_192), Buffer.alloc(bytes.length - 8_192, 0x5a)]));
  await using store = await openTestStore({ root });
  const answers = await Promise.all([store.index.search('line'), store.index.list(), store.index.facets('')]);
  expect(answers).toMatchObject([{ hits: [{}] }, { records: [{}] }, { models: 1 }]);
  expect((await readdir(root)).filter((name) => /^models\.v2\.db\.corrupt-\w+$/.test(name))).toHaveLength(1);
});

it('a record that is no record is damage as well', async () => {
  await using folder = await tempFolder();
  await using store = await withLora(folder.path);
  await using database = await openSqlite({ path: store.index.path, mode: 'in-thread' });
  await database.run("update records set record = '{'");
  expect((await store.index.list()).records).toHaveLength(1);
});

it('where nothing may be written damage is an error', async () => {
  await using folder = await tempFolder();
  await using store = await withLora(folder.path);
  await using reader = await openTestStore({ root: store.root, mode: 'read' });
  await using database = await openSqlite({ path: store.index.path, mode: 'in-thread' });
  await database.run("update records set record = '{'");
  await expect(reader.index.list()).rejects.toMatchObject({ code: 'sqlite.corrupt' });
});

it('a file that was set aside by another process is left behind, also for reading', async () => {
  await using folder = await tempFolder();
  await using store = await withLora(folder.path);
  await using reader = await openTestStore({ root: store.root, mode: 'read' });
  await rename(store.index.path, `${store.index.path}.gone`);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect((await reader.index.list()).records).toHaveLength(1);
  expect((await store.index.list()).records).toHaveLength(1);
  expect(await store.index.isReplaced()).toBe(false);
});

it('a feed goes on in the index that takes the place of a damaged one', async () => {
  await using folder = await tempFolder();
  await using store = await withLora(folder.path);
  const stop = new AbortController();
  const pages = store.index.watch({ signal: stop.signal })[Symbol.asyncIterator]();
  const before = (await pages.next()).value;
  const next = pages.next();
  // Another process has set it aside.
  await rename(store.index.path, `${store.index.path}.gone`);
  await writeFile(join(folder.path, 'other.safetensors'), buildFluxLora({ scale: 0.02, fillSeed: 2 }));
  await store.import([join(folder.path, 'other.safetensors')]).result;
  let after = (await next).value;
  while (after?.resync !== true) after = (await pages.next()).value;
  expect(after?.cursor.slice(0, 32)).not.toBe(before?.cursor.slice(0, 32));
  expect((await store.index.list()).records).toHaveLength(2);
  stop.abort();
  await pages.return?.(undefined).catch(() => {});
});

it('an index that another version of the schema has overtaken is made anew', async () => {
  await using folder = await tempFolder();
  await (await withLora(folder.path)).close();
  const root = join(folder.path, 'library');
  const own = join(root, 'models.v2.db');
  {
    // As if the other version had imported the model while this one was not there.
    await using database = await openSqlite({ path: own, mode: 'in-thread' });
    await database.run("delete from models where slug like '%line'");
  }
  const count = async (): Promise<number> => {
    await using store = await openTestStore({ root });
    return (await store.index.list()).records.length;
  };
  expect(await count()).toBe(0);
  await copyFile(own, join(root, 'models.db'));
  await utimes(join(root, 'models.db'), 1, 1);
  expect(await count()).toBe(0);
  await utimes(join(root, 'models.db'), Date.now() / 1_000 + 60, Date.now() / 1_000 + 60);
  expect(await count()).toBe(1);
});
