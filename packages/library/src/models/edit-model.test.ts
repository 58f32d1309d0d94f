import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelMetadata } from '@modelkeep/core';
import { buildFluxLora, createFaultyFileSystem, systemError } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { ModelEdit } from '../metadata/check-edit.ts';
import { HISTORY_LIMIT } from '../metadata/history.ts';
import type { LibraryStore } from '../open-library-store.ts';
import { declareDead, openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const slug = 'lora/flux1/line';

async function withLora(root: string): Promise<LibraryStore> {
  const store = await openTestStore({ root });
  await writeFile(join(root, '..', 'line.safetensors'), lora);
  await store.import([join(root, '..', 'line.safetensors')]).result;
  return store;
}

const read = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;

describe('an edit', () => {
  it('states what counts before every source, says so, and takes it back; nothing moves', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const before = await store.resolve(slug);
    const { cursor } = await store.index.changesSince(null);
    const edited = await store.edit(before.id, {
      type: 'vae',
      name: 'Thick line',
      tags: ['a', 'b', 'a'],
      description: '',
      parameterCount: 7,
    });
    expect(edited).toMatchObject({
      id: before.id,
      slug,
      type: 'vae',
      name: 'Thick line',
      tags: ['a', 'b'],
      description: null,
      parameterCount: 7,
      revision: 2,
      origins: { type: 'user', name: 'user', tags: 'user', description: 'user', family: 'embedded' },
    });
    expect(await store.resolve(slug)).toEqual(edited);
    expect((await store.index.search('thick')).hits).toHaveLength(1);
    expect((await store.index.changesSince(cursor)).changes).toMatchObject([{ modelId: before.id, kind: 'written' }]);
    expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
    const back = await store.edit(slug, {
      type: null,
      name: null,
      tags: null,
      description: null,
      parameterCount: null,
    });
    const { revision: _revision, updatedAt: _updatedAt, ...facts } = back;
    expect(before).toMatchObject(facts);
    expect((await store.history(slug)).filter(({ field }) => field === 'type')).toMatchObject([
      { layer: 'user', by: 'edit', revision: 2, from: null, to: 'vae' },
      { layer: 'user', by: 'edit', revision: 3, from: 'vae', to: null },
    ]);
  });

  it('that changes nothing writes nothing', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    await store.edit(slug, { tags: [] });
    const text = await readFile(join(root, slug, 'metadata.json'), 'utf8');
    expect((await store.edit(slug, { tags: [], licence: null, family: undefined })).tags).toEqual([]);
    expect(await readFile(join(root, slug, 'metadata.json'), 'utf8')).toBe(text);
  });

  it.each([
    ['type', { type: 'spaceship' }],
    ['parameterCount', { parameterCount: -1 }],
    ['tags', { tags: 'a' }],
    ['tags', { tags: [''] }],
    ['tags', { tags: ['x'.repeat(201)] }],
    ['triggerWords', { triggerWords: Array.from({ length: 1_001 }, (_, index) => `w${index}`) }],
    ['triggerWords', { triggerWords: [7] }],
    ['licence', { licence: 'a\u0000b' }],
    ['licence', { licence: 7 }],
    ['name', { name: 'x'.repeat(1_001) }],
    ['family', { family: 'lone\ud800surrogate' }],
    ['description', { description: 'x'.repeat(100_001) }],
    ['colour', { colour: 'red' }],
    ['__proto__', JSON.parse('{"__proto__": {"type": "lora"}}') as object],
  ])('of %s with a value that cannot be is refused by that name', async (field, edit) => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    for (const changes of [edit as ModelEdit, (): ModelEdit => edit]) {
      await expect(store.edit(slug, changes)).rejects.toMatchObject({ code: 'library.invalid-edit', facts: { field } });
    }
    expect((await store.resolve(slug)).revision).toBe(1);
  });

  it('can be made from what the model is at that moment', async () => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    const add = (tag: string): Promise<unknown> => store.edit(slug, ({ tags }) => ({ tags: [...tags, tag] }));
    await Promise.all(Array.from({ length: 10 }, (_, index) => add(`t${index}`)));
    expect(new Set((await store.resolve(slug)).tags).size).toBe(10);
  });

  it('of a model whose folder was moved by hand finds it', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const { id } = await store.resolve(slug);
    await rename(join(root, slug), join(root, 'lora/flux1/renamed'));
    expect(await store.edit(id, { licence: 'mit' })).toMatchObject({ slug: 'lora/flux1/renamed', licence: 'mit' });
    await rm(join(root, 'lora/flux1/renamed'), { recursive: true });
    await expect(store.edit(id, { licence: 'x' })).rejects.toMatchObject({ code: 'library.model-not-found' });
  });

  it('is not written through a link, nor over overrides that cannot be read, nor where one may only read', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    {
      await using store = await withLora(root);
      const overrides = join(root, slug, 'overrides.json');
      await writeFile(overrides, '{"fields": {');
      await expect(store.edit(slug, { licence: 'mit' })).rejects.toMatchObject({ code: 'library.corrupt-metadata' });
      expect(await readFile(overrides, 'utf8')).toBe('{"fields": {');
      await rm(overrides);
      await rename(join(root, slug), join(folder.path, 'elsewhere'));
      await symlink(join(folder.path, 'elsewhere'), join(root, slug));
      await expect(store.edit(slug, { licence: 'mit' })).rejects.toMatchObject({ code: 'library.invalid' });
      await rm(join(root, slug));
      await rename(join(folder.path, 'elsewhere'), join(root, slug));
    }
    await using reader = await openTestStore({ root, mode: 'read' });
    await expect(reader.edit(slug, { licence: 'mit' })).rejects.toMatchObject({ code: 'library.read-only' });
    expect(await reader.history(slug)).toEqual([]);
    await rename(join(root, slug), join(root, 'lora/flux1/renamed'));
    await expect(reader.history(slug)).rejects.toMatchObject({ code: 'io.not-found' });
  });

  it('can be given up, and then nothing was changed', async () => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    const abort = new AbortController();
    const reason = new Error('enough');
    const changes = (): ModelEdit => {
      abort.abort(reason);
      return { licence: 'mit' };
    };
    await expect(store.edit(slug, changes, { signal: abort.signal })).rejects.toBe(reason);
    expect((await store.resolve(slug)).licence).toBeNull();
    expect((await store.rebuild()).problems).toEqual([]);
    expect((await store.resolve(slug)).licence).toBeNull();
  });
});

describe('the history', () => {
  it('tells what somebody wrote into the file meanwhile, with the next change', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    await store.edit(slug, { licence: 'mit' });
    const path = join(root, slug, 'overrides.json');
    const overrides = await read<{ fields: object }>(path);
    await writeFile(path, JSON.stringify({ fields: { ...overrides.fields, licence: 'gpl', family: 'chroma' } }));
    await store.edit(slug, { tags: ['x'] });
    expect((await store.history(slug)).map(({ by, field, from, to }) => [by, field, from, to])).toEqual([
      ['edit', 'licence', null, 'mit'],
      ['file', 'family', null, 'chroma'],
      ['file', 'licence', 'mit', 'gpl'],
      ['edit', 'tags', null, ['x']],
    ]);
  });

  it('is bounded, in entries and in what each one holds, and skips what it cannot read', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    await store.edit(slug, {
      description: 'x'.repeat(10_000),
      tags: Array.from({ length: 80 }, (_, tag) => `t${tag}`),
    });
    const [text, tags] = (await store.history(slug)).map(({ to }) => to);
    const list = tags as string[];
    expect([text, list.length, list.at(-1)]).toEqual([`${'x'.repeat(500)}…`, 51, '…']);
    const path = join(root, slug, 'metadata.json');
    const metadata = await read<ModelMetadata>(path);
    const entry = { ...(metadata.history?.[0] as object), field: 'licence', to: 'x' };
    const history = [...Array.from({ length: HISTORY_LIMIT }, () => entry), 'garbage', { at: 'never' }];
    await writeFile(path, JSON.stringify({ ...metadata, history }));
    await store.edit(slug, { family: 'sd1' });
    expect((await read<ModelMetadata>(path)).history).toHaveLength(HISTORY_LIMIT);
    expect((await store.history(slug)).at(-1)).toMatchObject({ field: 'family', to: 'sd1' });
    expect(await store.history(slug)).toHaveLength(HISTORY_LIMIT - 2);
  });
});

describe('an edit that is cut off', () => {
  class Crash extends Error {}

  it('before any of its changes to the disk is there whole or not at all, in the files, the index and the history', async () => {
    const outcomes = new Set<string | null>();
    let points = 0;
    for (let atMutation = 1; ; atMutation += 1) {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      await (await withLora(root)).close();
      const faulty = createFaultyFileSystem({
        atMutation,
        lasts: 'from-then-on',
        error: () => new Crash('the process is gone'),
      });
      try {
        await using store = await openTestStore({ root, fileSystem: faulty.fileSystem });
        await store.edit(slug, { licence: 'mit' });
      } catch (error) {
        expect(error).toBeInstanceOf(Crash);
      }
      if (faulty.struck === null) break;
      points += 1;
      await declareDead(root);
      await using store = await openTestStore({ root });
      const { licence } = await store.resolve(slug);
      outcomes.add(licence);
      expect(await store.survey(), `at ${atMutation}`).toEqual({ models: 1, stale: 0, problems: [] });
      expect((await store.history(slug)).map(({ to }) => to)).toEqual(licence === null ? [] : ['mit']);
      expect((await store.edit(slug, { licence: 'mit' })).licence).toBe('mit');
      expect(await store.history(slug)).toHaveLength(1);
    }
    expect(points).toBeGreaterThan(6);
    expect(outcomes).toEqual(new Set([null, 'mit']));
  }, 120_000);

  it('by a drive that fails is finished or undone by the next start', async () => {
    for (let atMutation = 1; ; atMutation += 1) {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      await (await withLora(root)).close();
      const error = (): Error => systemError('ENOSPC');
      const faulty = createFaultyFileSystem({ atMutation, lasts: 'once', error });
      {
        await using store = await openTestStore({ root, fileSystem: faulty.fileSystem }).catch(() =>
          openTestStore({ root }),
        );
        await store.edit(slug, { licence: 'mit' }).catch((failure: unknown) => {
          expect(failure).toMatchObject({ code: 'io.disk-full' });
        });
      }
      if (faulty.struck === null) break;
      await declareDead(root);
      await using store = await openTestStore({ root });
      expect(await store.survey(), `at ${atMutation}`).toEqual({ models: 1, stale: 0, problems: [] });
    }
  }, 120_000);

  it('in a library of somebody else is not finished behind a link', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    const store = await withLora(root);
    const { id } = await store.resolve(slug);
    await store.close();
    await rename(join(root, slug), join(folder.path, 'elsewhere'));
    await symlink(join(folder.path, 'elsewhere'), join(root, slug));
    await writeFile(join(folder.path, 'elsewhere/overrides.json'), '{}');
    const before = await readFile(join(folder.path, 'elsewhere/metadata.json'), 'utf8');
    const change = {
      at: new Date().toISOString(),
      revision: 2,
      layer: 'user',
      by: 'edit',
      field: 'type',
      from: 1,
      to: 2,
    };
    const overridesSha256 = createHash('sha256').update('{}').digest('hex');
    const edit = { id, slug, overridesSha256, changes: [change] };
    const record = { id, owner: null, startedAt: change.at, files: [], models: [], edit };
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));
    await using again = await openTestStore({ root });
    expect(again.recovery).toMatchObject({ discarded: 1 });
    expect(await readFile(join(folder.path, 'elsewhere/metadata.json'), 'utf8')).toBe(before);
  });

  it('and overtaken by another change is noted once', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    await mkdir(join(root, '.modelkeep/txn'), { recursive: true });
    const { id } = await store.resolve(slug);
    const text = '{"fields": {"licence": "mit"}}';
    const change = {
      at: new Date().toISOString(),
      revision: 2,
      layer: 'user',
      by: 'edit',
      field: 'licence',
      from: null,
      to: 'mit',
    };
    const overridesSha256 = createHash('sha256').update(text).digest('hex');
    const record = {
      id,
      owner: null,
      startedAt: change.at,
      files: [],
      models: [],
      edit: { id, slug, overridesSha256, changes: [change] },
    };
    await writeFile(join(root, slug, 'overrides.json'), text);
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));
    {
      await using other = await openTestStore({ root });
      expect(other.recovery).toMatchObject({ finished: 1 });
      expect(await other.history(slug)).toMatchObject([{ by: 'edit', to: 'mit', revision: 2 }]);
      await other.edit(slug, { licence: 'gpl' });
      await other.edit(slug, { licence: 'mit' });
    }
    await writeFile(join(root, slug, 'overrides.json'), text);
    await writeFile(join(root, '.modelkeep/txn', `${id}.json`), JSON.stringify(record));
    await using again = await openTestStore({ root });
    expect(await again.history(slug)).toHaveLength(3);
  });
});
