import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { readMapping } from '../metadata/read-mapping.ts';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const slug = 'lora/flux1/line';

async function withLora(root: string): Promise<LibraryStore> {
  const store = await openTestStore({ root });
  await writeFile(join(root, '..', 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  await store.import([join(root, '..', 'line.safetensors')]).result;
  return store;
}

describe('what is said of the place of a model in apps', () => {
  it('is in the record, beside what others wrote into the file, and can be taken back', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await withLora(root);
    const path = join(root, slug, 'overrides.json');
    await writeFile(
      path,
      '{"mine": 1, "mapping": {"other app": 7, "forge": {"later": 2}}, "version_ranges": {"forge": "*"}}',
    );
    const edited = await store.editMapping(slug, { app: 'comfyui', versions: '>=0.3', name: 'x', folder: 'a/b' });
    expect(edited.mapping).toEqual({
      versionRanges: { forge: '*', comfyui: '>=0.3' },
      apps: { forge: { later: 2 }, comfyui: { name: 'x', folder: 'a/b' } },
      problems: {},
    });
    expect(await store.resolve(slug)).toEqual(edited);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      mine: 1,
      mapping: { 'other app': 7, forge: { later: 2 }, comfyui: { name: 'x', folder: 'a/b' } },
      version_ranges: { forge: '*', comfyui: '>=0.3' },
    });
    const again = await store.editMapping(slug, { app: 'comfyui', name: 'x' });
    expect(again.revision).toBe(edited.revision);
    await store.editMapping(slug, { app: 'comfyui', versions: null, name: null, folder: null, link: false });
    expect((await store.resolve(slug)).mapping).toMatchObject({
      versionRanges: { forge: '*' },
      apps: { comfyui: { link: false } },
    });
    await store.rebuild();
    expect((await store.resolve(slug)).mapping?.apps['comfyui']).toEqual({ link: false });
    await writeFile(path, '{}');
    await store.editMapping(slug, { app: '*', names: 'official' });
    expect((await store.editMapping(slug, { app: '*', names: null })).mapping).toBeUndefined();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({});
  });

  it.each([
    [{ app: 'Comfy UI' }],
    [{ app: '__proto__', link: false }],
    [{ app: 'x'.repeat(65) }],
    [{ app: '*', versions: '>=1' }],
    [{ app: 'comfyui', name: '' }],
    [{ app: 'comfyui', link: 'no' }],
    [{ app: 'comfyui', names: 'pretty' }],
  ])('%j is refused', async (edit) => {
    await using folder = await tempFolder();
    await using store = await withLora(join(folder.path, 'library'));
    await expect(store.editMapping(slug, edit as never)).rejects.toMatchObject({ code: 'library.invalid-edit' });
  });
});

describe('what was written by hand', () => {
  it.each([
    [{}, null],
    [{ mapping: null, version_ranges: {} }, null],
    [{ mapping: [] }, { '*': 'mapping is no object with the ids of apps' }],
    [{ version_ranges: 'x' }, { '*': 'version_ranges is no object with the ids of apps' }],
    [{ version_ranges: { comfyui: 3 } }, { comfyui: 'version_ranges: a range of versions is a text' }],
    [{ mapping: { comfyui: [] } }, { comfyui: 'mapping: what is said of an app is an object' }],
    [{ mapping: { comfyui: { link: 1 } } }, { comfyui: 'mapping: "link" has a value that it cannot have' }],
    [
      { mapping: { comfyui: { name: 'x'.repeat(2000) } } },
      { comfyui: 'mapping: "name" has a value that it cannot have' },
    ],
  ])('%j', (overrides, problems) => {
    expect(readMapping(overrides)?.problems ?? null).toEqual(problems);
  });

  it('cannot reach what every object inherits', () => {
    const overrides = JSON.parse(
      '{"mapping": {"__proto__": {"link": false}, "constructor": {"name": "x"}}, "version_ranges": {"__proto__": "*"}}',
    ) as object;
    const read = readMapping(overrides);
    expect(Object.getPrototypeOf(read?.apps ?? {})).toBe(Object.prototype);
    expect(Object.keys(read?.apps ?? {})).toEqual(['constructor']);
    expect(({} as { link?: boolean }).link).toBeUndefined();
  });
});
