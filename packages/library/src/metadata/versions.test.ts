import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelMetadata } from '@modelkeep/core';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { readableDocument, type SchemaVersions } from './schema-versions.ts';

const lora = buildFluxLora({ scale: 0.02 });
const slug = 'lora/flux1/line';

async function withLora(root: string): Promise<LibraryStore> {
  const store = await openTestStore({ root });
  await writeFile(join(root, '..', 'line.safetensors'), lora);
  await store.import([join(root, '..', 'line.safetensors')]).result;
  return store;
}

const read = async (path: string): Promise<ModelMetadata> => JSON.parse(await readFile(path, 'utf8')) as ModelMetadata;
const write = (path: string, value: unknown): Promise<void> => writeFile(path, JSON.stringify(value, null, 2));

describe('a document', () => {
  const versions: SchemaVersions = {
    field: 'schema',
    supported: 3,
    migrations: {
      1: ({ title, ...others }) => ({ ...others, name: title }),
      2: ({ name, ...others }) => ({ ...others, names: [name] }),
    },
  };

  it('of an older schema is migrated step by step, and what no step knows is kept', () => {
    const old = { schema: 1, title: 'a', mine: { x: 1 } };
    expect(readableDocument(old, 'x', versions)).toEqual({ schema: 3, names: ['a'], mine: { x: 1 } });
    expect(readableDocument({ schema: 2, name: 'b' }, 'x', versions)).toEqual({ schema: 3, names: ['b'] });
    expect(readableDocument({ schema: 3, names: [] }, 'x', versions)).toEqual({ schema: 3, names: [] });
    expect(old).toEqual({ schema: 1, title: 'a', mine: { x: 1 } });
  });

  it('of a newer schema is read as it is where it allows that, and refused elsewhere', () => {
    const newer = { schema: 5, minReader: 3, names: ['a'], colour: 'red' };
    expect(readableDocument(newer, 'x', versions)).toBe(newer);
    for (const refused of [{ schema: 5, minReader: 4 }, { schema: 5 }, { schema: 4, minReader: 'all' }]) {
      expect(() => readableDocument(refused, '/m.json', versions)).toThrow(
        expect.objectContaining({ code: 'core.format-newer', facts: expect.objectContaining({ path: '/m.json' }) }),
      );
    }
  });

  it('of which no schema can be told is left to the check of its fields', () => {
    for (const odd of [null, 7, 'x', [], {}, { schema: '1' }, { schema: -1 }, { schema: 1.5 }]) {
      expect(readableDocument(odd, 'x', versions)).toBe(odd);
    }
    expect(readableDocument({ schema: 1 }, 'x', { ...versions, migrations: {} })).toEqual({ schema: 1 });
    expect(readableDocument({ title: 'a' }, 'x', { ...versions, implied: 1 })).toEqual({ schema: 3, names: ['a'] });
  });
});

describe('a library that a later version writes as well', () => {
  it('shows its models where they may be read, and never writes them', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const path = join(root, slug, 'metadata.json');
    const later = {
      ...(await read(path)),
      schema: 2,
      minReader: 1,
      format: 'safetensors-2',
      rating: { stars: 5 },
      layers: { ...(await read(path)).layers, oracle: { says: 42 } },
    };
    await write(path, later);
    const text = await readFile(path, 'utf8');
    expect((await store.rebuild()).problems).toEqual([]);
    expect(await store.resolve(slug)).toMatchObject({ format: 'unknown', type: 'lora' });
    await expect(store.edit(slug, { family: 'sdxl' })).rejects.toMatchObject({
      code: 'core.format-newer',
      facts: { path, format: 2, supported: 1 },
    });
    await writeFile(join(folder.path, 'copy.safetensors'), lora);
    for (const name of ['line', 'copy']) {
      const { models } = await store.import([join(folder.path, `${name}.safetensors`)]).result;
      expect(models).toMatchObject([{ slug }]);
    }
    expect(await readFile(path, 'utf8')).toBe(text);
    expect((await store.verify()).problems).toEqual([]);
  });

  it('leaves out a model that it may not read, with the reason, and keeps its bytes', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const path = join(root, slug, 'metadata.json');
    await write(path, { ...(await read(path)), schema: 2 });
    expect((await store.rebuild()).problems).toMatchObject([{ slug, reason: expect.stringContaining('newer') }]);
    const text = await readFile(path, 'utf8');
    const { models } = await store.import([join(folder.path, 'line.safetensors')]).result;
    expect(models[0]?.slug).toMatch(/^lora\/flux1\/line-[0-9a-f]{8}$/);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('reads later overrides where it may, and never writes them', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const path = join(root, slug, 'overrides.json');
    const later = { schema: 2, minReader: 1, fields: { family: 'chroma' }, colours: ['red'] };
    await write(path, later);
    await store.rebuild();
    expect((await store.resolve(slug)).family).toBe('chroma');
    await expect(store.edit(slug, { family: 'sdxl' })).rejects.toMatchObject({ code: 'core.format-newer' });
    expect(await read(path)).toEqual(later);
    await write(path, { schema: 2, fields: {} });
    expect((await store.rebuild()).problems).toMatchObject([{ slug }]);
  });

  it('keeps words and fields of a later version through every change of its own', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const path = join(root, slug, 'metadata.json');
    const present = await read(path);
    const later = {
      ...present,
      fromLater: 1,
      files: present.files.map((file) => ({
        ...file,
        role: 'shader',
        fromLater: 2,
        source: { ...file.source, provider: 'moon', fromLater: 3 },
      })),
      sources: present.sources.map((source) => ({ ...source, provider: 'moon', fromLater: 4 })),
      companions: [{ id: present.id, role: 'twin', fromLater: 5 }],
      layers: {
        ...present.layers,
        embedded: {
          ...present.layers.embedded,
          fromLater: 6,
          facts: { ...present.layers.embedded?.facts, type: 'video-vae', fromLater: 7 },
        },
        oracle: 'says nothing',
      },
      history: [{ what: 'is this' }],
    };
    await write(path, later);
    await mkdir(join(root, slug), { recursive: true });
    await write(join(root, slug, 'overrides.json'), { fields: { fromLater: 8 }, version_ranges: { comfyui: '>=0.3' } });
    expect((await store.rebuild()).problems).toEqual([]);
    expect(await store.resolve(slug)).toMatchObject({
      type: 'unknown',
      origins: { type: 'embedded' },
      files: [{ role: 'other', fromLater: 2, source: { provider: 'other' } }],
      sources: [{ provider: 'other' }],
    });
    const edited = await store.edit(slug, { licence: 'mit', type: 'lora' });
    expect(edited).toMatchObject({ licence: 'mit', type: 'lora', origins: { type: 'user' } });
    const { history, revision, txn, updatedAt, ...all } = await read(path);
    // The type at the top is written for other readers.
    const kept: object = Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'type'));
    expect(kept).toEqual({ ...kept, ...Object.fromEntries(Object.entries(later).filter(([name]) => name in kept)) });
    expect(kept).toMatchObject({
      fromLater: 1,
      files: later.files,
      layers: later.layers,
      companions: later.companions,
    });
    expect([history?.[0], revision, txn === present.txn, updatedAt >= present.updatedAt]).toEqual([
      { what: 'is this' },
      2,
      false,
      true,
    ]);
    expect(await read(join(root, slug, 'overrides.json'))).toEqual({
      fields: { fromLater: 8, licence: 'mit', type: 'lora' },
      version_ranges: { comfyui: '>=0.3' },
    });
    await store.edit(slug, { licence: null, type: null });
    expect(await read(join(root, slug, 'overrides.json'))).toEqual({
      fields: { fromLater: 8 },
      version_ranges: { comfyui: '>=0.3' },
    });
  });
});
