import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModelkeepError, type Logger } from '@modelkeep/core';
import { createSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { treeIndexName } from './tree-index.ts';
import { countingReads, hashOf, openTrees, treeOf } from './trees.test-helper.ts';

describe('the trees that were put', () => {
  it('are found by sha256, by git hash and by name in any case', async () => {
    await using folder = await tempFolder();
    await using trees = openTrees(folder.path);
    const { store } = trees;
    for (const repo of ['acme/a', 'acme/b']) await store.put(treeOf(repo));
    const { endpoint, repo, commit, fetchedAt, files } = treeOf('acme/b');
    expect(await store.findByHash(hashOf('acme/b 1'))).toEqual([{ endpoint, repo, commit, fetchedAt, file: files[1] }]);
    expect(await store.findByHash(hashOf('acme/b 0').slice(0, 40))).toMatchObject([{ repo: 'acme/b' }]);
    expect((await store.findByFileName('x/CONFIG.json')).map((hit) => hit.repo).toSorted()).toEqual([
      'acme/a',
      'acme/b',
    ]);
    expect(await store.findByFileName('config.json', { limit: 1 })).toHaveLength(1);
    expect(await store.findByHash(hashOf('nothing'))).toEqual([]);
    expect(await store.findByFileName('nothing.bin')).toEqual([]);
    expect(await store.get(treeOf('acme/a'))).toEqual(treeOf('acme/a'));
    expect(await store.get(treeOf('acme/c'))).toBeNull();
    const reason = new Error('enough');
    await expect(store.findByHash(hashOf('x'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('are found again in a new process without reading the others', async () => {
    await using folder = await tempFolder();
    {
      await using trees = openTrees(folder.path);
      for (let number = 0; number < 150; number += 1) await trees.store.put(treeOf(`acme/${number}`));
      expect(await trees.store.findByHash(hashOf('acme/7 2'))).toHaveLength(1);
    }
    const fileSystem = countingReads();
    await using trees = openTrees(folder.path, { fileSystem });
    expect(await trees.store.findByHash(hashOf('acme/140 1'))).toMatchObject([{ repo: 'acme/140' }]);
    expect(await trees.store.findByFileName('acme-9-1.safetensors')).toMatchObject([{ repo: 'acme/9' }]);
    expect(fileSystem.read).toHaveLength(2);
    await trees.store.put(treeOf('acme/late'));
    expect(await trees.store.findByHash(hashOf('acme/late 1'))).toHaveLength(1);
    expect(fileSystem.read).toHaveLength(4);
  });

  it('by eight processes at once are all found by each and by everybody', async () => {
    await using folder = await tempFolder();
    const program = fileURLToPath(new URL('./tree-store.test-child.ts', import.meta.url));
    const children = Array.from({ length: 8 }, (_, number) =>
      spawn(process.execPath, ['--conditions=modelkeep-source', program, folder.path, `p${number}`, '8'], {
        stdio: ['ignore', 'inherit', 'inherit'],
      }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).toEqual(Array.from({ length: 8 }, () => 0));
    const fileSystem = countingReads();
    await using trees = openTrees(folder.path, { fileSystem });
    expect(await trees.store.findByFileName('config.json', { limit: 1_000 })).toHaveLength(64);
    const readOnce = fileSystem.read.length;
    for (let number = 0; number < 8; number += 1) {
      for (let tree = 0; tree < 8; tree += 1) {
        expect(await trees.store.findByHash(hashOf(`p${number}/${tree} 2`))).toHaveLength(1);
      }
    }
    expect(fileSystem.read.length - readOnce).toBe(64);
  }, 120_000);

  it('while questions are under way are found by the next one', async () => {
    await using folder = await tempFolder();
    await using trees = openTrees(folder.path);
    const { store } = trees;
    for (let number = 0; number < 20; number += 1) {
      const earlier = store.findByHash(hashOf('nothing'));
      await store.put(treeOf(`acme/${number}`));
      expect(await store.findByHash(hashOf(`acme/${number} 1`))).toHaveLength(1);
      await earlier;
    }
  });
});

describe('what was tampered with', () => {
  it('is believed by no name and no hash, and is found again when it is in order', async () => {
    await using folder = await tempFolder();
    await using trees = openTrees(folder.path);
    const { store } = trees;
    await store.put(treeOf('acme/a'));
    const [name = ''] = await readdir(folder.path);
    const text = await readFile(folder.join(name), 'utf8');
    for (const damage of ['', '{"half', JSON.stringify({ ...treeOf('acme/other') }), text.replace('"mit"', '5')]) {
      await writeFile(folder.join(name), damage);
      expect(await store.findByHash(hashOf('acme/a 1')), damage).toEqual([]);
      expect(await store.findByFileName('config.json')).toEqual([]);
      await writeFile(folder.join(name), text);
      expect(await store.findByHash(hashOf('acme/a 1'))).toHaveLength(1);
    }
    await rm(folder.join(name));
    expect(await store.findByHash(hashOf('acme/a 1'))).toEqual([]);
    await writeFile(folder.join(`${'f'.repeat(64)}.json`), text);
    await writeFile(folder.join('notes.json'), text);
    expect(await store.findByHash(hashOf('acme/a 1'))).toEqual([]);
  });

  it('in the index leads nowhere else', async () => {
    await using folder = await tempFolder();
    await using trees = openTrees(folder.path);
    await trees.store.put(treeOf('acme/a'));
    expect(await trees.store.findByHash(hashOf('acme/a 1'))).toHaveLength(1);
    await using sqlite = createSqlite();
    const database = await sqlite.open({ path: folder.join(treeIndexName) });
    await database.run("update trees_files set name = '../../../etc/passwd'");
    await database.close();
    const fileSystem = countingReads();
    await using reader = openTrees(folder.path, { fileSystem });
    expect(await reader.store.findByHash(hashOf('acme/a 1'))).toMatchObject([{ repo: 'acme/a' }]);
    expect(fileSystem.read.every((path) => path.startsWith(folder.path) && !path.includes('passwd'))).toBe(true);
  });
});

describe('an index that cannot be used', () => {
  const remembering = (): { readonly warnings: string[]; readonly logger: Logger } => {
    const warnings: string[] = [];
    return { warnings, logger: { debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} } };
  };

  it.each(['at the start', 'in the middle'])('because it is damaged is made anew (%s)', async (when) => {
    await using folder = await tempFolder();
    const { warnings, logger } = remembering();
    const fill = async (): Promise<void> => {
      await using trees = openTrees(folder.path);
      for (let number = 0; number < 200; number += 1) await trees.store.put(treeOf(`acme/${number}`));
      await trees.store.findByHash(hashOf('acme/1 1'));
    };
    await fill();
    const index = folder.join(treeIndexName);
    const { length } = await readFile(index);
    if (when === 'at the start') await writeFile(index, Buffer.alloc(length, 7));
    else {
      const bytes = await readFile(index);
      await writeFile(index, Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(length - 4_096, 7)]));
    }
    await using trees = openTrees(folder.path, { logger });
    for (const number of [5, 150]) {
      expect(await trees.store.findByHash(hashOf(`acme/${number} 1`))).toMatchObject([{ repo: `acme/${number}` }]);
    }
    expect((await readdir(folder.path)).some((name) => name.startsWith(`${treeIndexName}.corrupt-`))).toBe(true);
    expect(warnings.length).toBeLessThan(2);
  });

  it('because it may not be opened is done without', async () => {
    await using folder = await tempFolder();
    const { warnings, logger } = remembering();
    await using trees = openTrees(folder.path, { logger, sqlite: failingSqlite('io.permission') });
    await trees.store.put(treeOf('acme/a'));
    expect(await trees.store.findByHash(hashOf('acme/a 1'))).toHaveLength(1);
    expect(await trees.store.findByFileName('config.json')).toHaveLength(1);
    expect(warnings).toEqual(['the index of file lists cannot be opened']);
  });

  it('because damage shows only when it is read is made anew', async () => {
    await using folder = await tempFolder();
    const { warnings, logger } = remembering();
    await using real = createSqlite();
    const corrupt = new ModelkeepError('sqlite.corrupt', { message: 'damaged', facts: { path: 'x' } });
    let opened = 0;
    const open: typeof real.open = async (options) => {
      opened += 1;
      const database = await real.open(options);
      return opened > 1 ? database : withMethods(database, { all: () => Promise.reject(corrupt) });
    };
    await using trees = openTrees(folder.path, { logger, sqlite: { ...real, open } });
    for (const repo of ['acme/a', 'acme/b']) await trees.store.put(treeOf(repo));
    expect(await trees.store.findByHash(hashOf('acme/b 1'))).toMatchObject([{ repo: 'acme/b' }]);
    expect(await trees.store.findByFileName('config.json')).toHaveLength(2);
    expect([opened, warnings]).toEqual([2, ['the index of file lists is damaged']]);
    expect((await readdir(folder.path)).some((name) => name.includes('.corrupt-'))).toBe(true);
  });

  it('because the drive is full is done without', async () => {
    await using folder = await tempFolder();
    const { warnings, logger } = remembering();
    await using real = createSqlite();
    const full = new ModelkeepError('io.disk-full', { message: 'full', facts: { path: 'x' } });
    const open: typeof real.open = async (options) =>
      withMethods(await real.open(options), { transaction: () => Promise.reject(full) });
    await using trees = openTrees(folder.path, { logger, sqlite: { ...real, open } });
    await trees.store.put(treeOf('acme/a'));
    expect(await trees.store.findByHash(hashOf('acme/a 1'))).toHaveLength(1);
    expect(await trees.store.findByFileName('config.json')).toHaveLength(1);
    expect(warnings).toEqual(['the index of file lists cannot be written']);
  });

  it('because of a bug is told', async () => {
    await using folder = await tempFolder();
    await using trees = openTrees(folder.path, { sqlite: failingSqlite('core.closed') });
    await trees.store.put(treeOf('acme/a'));
    await expect(trees.store.findByHash(hashOf('acme/a 1'))).rejects.toMatchObject({ code: 'core.closed' });
  });
});

describe('read only', () => {
  it('uses the index that is there and what came since, and writes nothing', async () => {
    await using folder = await tempFolder();
    {
      await using trees = openTrees(folder.path);
      await trees.store.put(treeOf('acme/a'));
      await trees.store.findByHash(hashOf('x'));
      await trees.store.put(treeOf('acme/b'));
    }
    const before = (await readdir(folder.path)).toSorted();
    await using trees = openTrees(folder.path, { readOnly: true });
    await trees.store.put(treeOf('acme/c'));
    expect(await trees.store.findByHash(hashOf('acme/a 1'))).toHaveLength(1);
    expect(await trees.store.findByHash(hashOf('acme/b 1'))).toHaveLength(1);
    expect((await readdir(folder.path)).filter((name) => name.endsWith('.json'))).toHaveLength(2);
    expect(before.filter((name) => name.endsWith('.json'))).toHaveLength(2);
  });

  it('does without an index where there is none, or a damaged one', async () => {
    await using folder = await tempFolder();
    {
      await using trees = openTrees(folder.path);
      await trees.store.put(treeOf('acme/a'));
    }
    for (const damage of [null, 'no database']) {
      if (damage !== null) await writeFile(folder.join(treeIndexName), damage);
      await chmod(folder.path, 0o555);
      await using trees = openTrees(folder.path, { readOnly: true });
      expect(await trees.store.findByHash(hashOf('acme/a 1'))).toHaveLength(1);
      expect(await trees.store.findByFileName('config.json')).toHaveLength(1);
      await chmod(folder.path, 0o755);
    }
  });
});

function withMethods(database: SqliteDatabase, methods: Partial<SqliteDatabase>): SqliteDatabase {
  return Object.assign(Object.create(database) as SqliteDatabase, methods);
}

function failingSqlite(code: 'io.permission' | 'core.closed'): ReturnType<typeof createSqlite> {
  const sqlite = createSqlite();
  const error =
    code === 'io.permission'
      ? new ModelkeepError(code, { message: 'no', facts: { path: 'x' } })
      : new ModelkeepError(code, { message: 'no', facts: { resource: 'x' } });
  void sqlite.close();
  return { ...sqlite, open: () => Promise.reject(error) };
}
