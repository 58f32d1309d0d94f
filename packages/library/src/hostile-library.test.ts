import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId, type ModelMetadata, type ModelSource } from '@modelkeep/core';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from './open-library-store.ts';
import { laterBy, openTestStore, tempFolder } from './open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.05 });

async function withLora(root: string): Promise<LibraryStore> {
  const store = await openTestStore({ root });
  await writeFile(join(root, '..', 'line.safetensors'), lora);
  await store.import([join(root, '..', 'line.safetensors')]).result;
  return store;
}

/** What must not change, in a folder that does not belong to the library. */
async function victim(folder: string): Promise<string> {
  const path = join(folder, 'victim');
  await mkdir(join(path, 'deep'), { recursive: true });
  await writeFile(join(path, 'deep', 'thesis.txt'), 'mine');
  await utimes(join(path, 'deep', 'thesis.txt'), 1, 1);
  await utimes(join(path, 'deep'), 1, 1);
  return path;
}

describe('a library that comes from somebody else', () => {
  it.each(['.modelkeep/tmp', '.modelkeep/pins', '.modelkeep/txn', '.modelkeep', 'blobs', 'blobs/sha256'])(
    'whose %s is a link is not opened for writing, and nothing behind the link is touched',
    async (place) => {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      await (await openTestStore({ root })).close();
      const target = await victim(folder.path);
      await rm(join(root, place), { recursive: true });
      await symlink(target, join(root, place));
      await expect(openTestStore({ root, clock: laterBy(48) })).rejects.toMatchObject({ code: 'library.invalid' });
      expect(await readdir(target, { recursive: true })).toEqual(['deep', 'deep/thesis.txt']);
    },
  );

  it('with a link in place of a transaction loses the link and nothing behind it', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await (await openTestStore({ root })).close();
    const target = await victim(folder.path);
    const id = newId();
    await symlink(target, join(root, '.modelkeep/tmp', id));
    const record = { id, owner: null, startedAt: new Date().toISOString(), files: [], models: [] };
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));
    await (await openTestStore({ root })).close();
    expect(await readdir(target, { recursive: true })).toEqual(['deep', 'deep/thesis.txt']);
    expect(await readdir(join(root, '.modelkeep/tmp'))).toEqual([]);
  });

  it('with a link within a model writes nothing behind it', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await (await withLora(root)).close();
    const target = await victim(folder.path);
    const model = join(root, 'lora/flux1/line');
    const metadata = JSON.parse(await readFile(join(model, 'metadata.json'), 'utf8')) as ModelMetadata;
    const id = newId();
    const files = [{ ...metadata.files[0], name: 'd/authorized_keys' }];
    await writeFile(join(model, 'metadata.json'), JSON.stringify({ ...metadata, files, txn: id }));
    await symlink(target, join(model, 'd'));
    const models = [{ id: metadata.id, slug: 'lora/flux1/line' }];
    const record = { id, owner: null, startedAt: new Date().toISOString(), files: [], models };
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));
    await expect(openTestStore({ root })).rejects.toMatchObject({ code: 'library.invalid' });
    expect(await readdir(target)).toEqual(['deep']);
  });

  it('with a link in place of a family does not put a new model behind it', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await openTestStore({ root });
    const target = await victim(folder.path);
    await mkdir(join(root, 'lora'));
    await symlink(target, join(root, 'lora/flux1'));
    await writeFile(join(folder.path, 'line.safetensors'), lora);
    await expect(store.import([join(folder.path, 'line.safetensors')]).result).rejects.toMatchObject({
      code: 'library.invalid',
    });
    expect(await readdir(target)).toEqual(['deep']);
  });

  it('at the top of a drive is not disturbed by what the system keeps there', async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, 'lost+found'), { mode: 0o000 });
    await using store = await openTestStore({ root: folder.path });
    expect(await store.rebuild()).toEqual({ models: 0, problems: [] });
  });
});

describe('files of a source that are called like our own', () => {
  it('get another name, and never speak for the user', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const source = join(folder.path, 'in');
    await mkdir(source);
    await writeFile(join(source, 'line.safetensors'), lora);
    await writeFile(join(source, 'overrides.json'), '{"fields": {"type": "vae"}}');
    await writeFile(join(source, 'Metadata.JSON'), '{"some": "thing"}');
    const { models } = await store.import([source]).result;
    const names = models[0]?.files.map(({ name }) => name).toSorted();
    expect(names).toEqual([
      expect.stringMatching(/^Metadata-[0-9a-f]{8}\.JSON$/),
      'line.safetensors',
      expect.stringMatching(/^overrides-[0-9a-f]{8}\.json$/),
    ]);
    await store.rebuild();
    expect((await store.resolve('lora/flux1/line')).type).toBe('lora');
    expect((await store.verify()).problems).toEqual([]);
  });

  it('are not believed in metadata either', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const path = join(root, 'lora/flux1/line/metadata.json');
    const metadata = JSON.parse(await readFile(path, 'utf8')) as ModelMetadata;
    await writeFile(path, JSON.stringify({ ...metadata, files: [{ ...metadata.files[0], name: 'overrides.json' }] }));
    expect((await store.rebuild()).problems).toHaveLength(1);
  });
});

describe('what happened in between', () => {
  const source: ModelSource = {
    provider: 'hf',
    endpoint: 'https://hub.example',
    repo: 'acme/x',
    revision: 'main',
    commit: 'a'.repeat(40),
    path: 'x',
  };

  it('a file that was not replaced before the process ended is replaced by the next start', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    const input = join(folder.path, 'in');
    await mkdir(input);
    await writeFile(join(input, 'line.safetensors'), lora);
    await writeFile(join(input, 'README.md'), 'one');
    const model = join(root, 'lora/flux1/line');
    {
      await using store = await openTestStore({ root });
      await store.import([input]).result;
      await writeFile(join(folder.path, 'other.safetensors'), buildFluxLora({ scale: 0.05, fillSeed: 9 }));
      await writeFile(join(folder.path, 'two.md'), 'two, and longer');
      const second = join(folder.path, 'second');
      await mkdir(second);
      await rename(join(folder.path, 'other.safetensors'), join(second, 'other.safetensors'));
      await rename(join(folder.path, 'two.md'), join(second, 'README.md'));
      await store.import([second]).result;
    }
    const metadata = JSON.parse(await readFile(join(model, 'metadata.json'), 'utf8')) as ModelMetadata;
    const other = JSON.parse(await readFile(join(root, 'lora/flux1/other/metadata.json'), 'utf8')) as ModelMetadata;
    const readme = other.files.find(({ name }) => name === 'README.md');
    const id = newId();
    const files = metadata.files.map((file) => (file.name === 'README.md' ? { ...readme, source } : file));
    await writeFile(join(model, 'metadata.json'), JSON.stringify({ ...metadata, files, txn: id, revision: 2 }));
    const record = {
      id,
      owner: null,
      startedAt: new Date().toISOString(),
      files: [],
      models: [{ id: metadata.id, slug: 'lora/flux1/line' }],
    };
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));

    await using store = await openTestStore({ root });
    expect(store.recovery).toEqual({ finished: 1, resumable: 0, discarded: 0 });
    expect(await readFile(join(model, 'README.md'), 'utf8')).toBe('two, and longer');
    expect((await store.verify()).problems).toEqual([]);
    expect((await store.resolve('lora/flux1/line')).revision).toBe(2);
  });

  it('a damaged blob is replaced when its content comes again', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const sha256 = (await store.resolve('lora/flux1/line')).files[0]?.sha256 ?? '';
    const blob = join(root, 'blobs/sha256', sha256);
    await rm(blob);
    await writeFile(blob, 'cut short');
    await store.import([join(folder.path, 'line.safetensors')]).result;
    expect((await stat(blob)).size).toBe(lora.byteLength);
  });

  it('the same model from two repos is the same whatever came first', async () => {
    const results: object[] = [];
    for (const order of [
      ['acme/b', 'acme/a'],
      ['acme/a', 'acme/b'],
    ]) {
      await using folder = await tempFolder();
      await using store = await openTestStore({ root: folder.path });
      for (const repo of order) {
        const name = 'line.safetensors';
        const wanted = { name, sizeBytes: lora.byteLength, sha256: null, gitSha1: null, source: { ...source, repo } };
        const transaction = await store.begin([wanted]);
        const part = transaction.files[0]?.part ?? '';
        await writeFile(part, lora);
        const { createHash } = await import('node:crypto');
        const sha256 = createHash('sha256').update(lora).digest('hex');
        await transaction.publish(name, { sizeBytes: lora.byteLength, sha256, blake3: null, gitSha1: null });
        const hub = { facts: { licence: `licence of ${repo}` }, at: '2026-01-01T00:00:00.000Z' };
        await transaction.commit({ sourceName: 'x', sourceGroup: `hf:${repo}`, layers: { hub } });
      }
      const { licence, sourceGroup, variantOf, sources } = await store.resolve('lora/flux1/line');
      results.push({ licence, sourceGroup, variantOf, repos: new Set(sources.map(({ repo }) => repo)) });
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0]).toMatchObject({ licence: 'licence of acme/a', sourceGroup: 'hf:acme/a' });
  });
});
