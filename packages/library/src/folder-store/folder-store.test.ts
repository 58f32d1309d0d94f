import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { laterBy, openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { lora, otherLora, vae, download, sha256Of } from '../proofs/scenes.test-helper.ts';
import { linklessFileSystem } from './linkless.test-helper.ts';

const drive = { fileSystem: linklessFileSystem, bulkFileSystem: undefined as never };
const pipeline = {
  'model_index.json': Buffer.from('{"_class_name": "P", "unet": ["diffusers", "U"], "vae": ["diffusers", "V"]}'),
  'unet/model.safetensors': otherLora,
  'vae/model.safetensors': vae,
};
const single = { 'vae.safetensors': vae, 'README.md': Buffer.from('first') };
const [SINGLE, PIPELINE] = ['vae/other/vae', 'other/other/x'];

async function open(root: string, hours = 0): Promise<LibraryStore> {
  return openTestStore({ root, fileSystem: linklessFileSystem, clock: laterBy(hours) });
}

async function waitingIn(store: LibraryStore): Promise<string[]> {
  return readdir(store.layout.blobs);
}

describe('a library on a drive without links', () => {
  it('says so of itself, keeps each file once, and copies no weights for a second model', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await open(root);
    expect(JSON.parse(await readFile(join(root, 'modelkeep.json'), 'utf8'))).toMatchObject({ store: 'folder' });
    await download(store, drive, { commit: 'a', files: single });
    await download(store, drive, { commit: 'd', files: { ...pipeline, 'README.md': Buffer.from('first') } });
    expect(await waitingIn(store)).toEqual([]);
    expect(await readFile(join(root, SINGLE, 'vae.safetensors'))).toEqual(Buffer.from(vae));
    expect((await stat(join(root, SINGLE, 'vae.safetensors'))).mode & 0o200).not.toBe(0);
    expect(existsSync(join(root, PIPELINE, 'vae/model.safetensors'))).toBe(false);
    // What tools look for beside the weights is small, and each model has its own.
    expect(await readFile(join(root, PIPELINE, 'README.md'), 'utf8')).toBe('first');
    expect(await store.verify()).toMatchObject({ models: 2, problems: [], apart: [] });
    const [placed] = await store.withPlaces([await store.resolve(PIPELINE)]);
    expect(placed?.files.find(({ name }) => name === 'vae/model.safetensors')).toMatchObject({
      at: '../../../vae/other/vae/vae.safetensors',
    });
    expect(placed?.complete).toBe(false);
  });

  it('gives the bytes of a deleted model to the one that referred to them', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await open(root);
    await download(store, drive, { commit: 'a', files: single });
    await download(store, drive, { commit: 'd', files: pipeline });
    const before = await stat(join(root, SINGLE, 'vae.safetensors'));
    await store.remove(SINGLE);
    const after = await stat(join(root, PIPELINE, 'vae/model.safetensors'));
    expect(after.ino).toBe(before.ino);
    expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
    // The read-me had no second model: it waits, and is found again, or collected.
    expect(await waitingIn(store)).toEqual([sha256Of('first')]);
    await store.close();
    await using later = await open(root, 25);
    await later.collectGarbage().result;
    expect(await waitingIn(later)).toEqual([]);
    await download(later, drive, { commit: 'a', files: single });
    expect(await later.verify()).toMatchObject({ models: 2, problems: [] });
  });

  it('imports by copy and by move, and says that a move has copied', async () => {
    await using folder = await tempFolder();
    const [root, sources] = [join(folder.path, 'library'), join(folder.path, 'sources')];
    await mkdir(sources);
    await writeFile(join(sources, 'line.safetensors'), lora);
    await writeFile(join(sources, 'other.safetensors'), otherLora);
    await using store = await open(root);
    expect(await store.import([join(sources, 'line.safetensors')]).result).toMatchObject({ errors: [] });
    const moved = await store.import([join(sources, 'other.safetensors')], { mode: 'move' }).result;
    expect(moved).toMatchObject({ bytesMoved: 0, bytesCopied: otherLora.byteLength, errors: [], skipped: [] });
    expect(await readdir(sources)).toEqual(['line.safetensors']);
    const again = await store.import([join(sources, 'line.safetensors')]).result;
    expect(again).toMatchObject({ bytesCopied: 0, bytesSaved: lora.byteLength });
    expect(await store.verify()).toMatchObject({ models: 2, problems: [] });
    expect(await store.usage()).toMatchObject({ bytesShared: 0 });
  });

  it('keeps what somebody has written into a file when the model gets a new one of that name', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await open(root);
    await download(store, drive, { commit: 'a', files: single });
    await appendFile(join(root, SINGLE, 'README.md'), ', and a note of mine');
    await download(store, drive, { commit: 'b', files: { ...single, 'README.md': Buffer.from('second') } });
    expect(await readFile(join(root, SINGLE, 'README.md'), 'utf8')).toBe('first, and a note of mine');
    // Neither the bytes of before, which a version keeps until it is released, nor those of now.
    const lost = { file: 'README.md', part: 'blob' };
    expect((await store.verify()).problems).toMatchObject([lost, lost]);
    await store.releaseReplaced(SINGLE);
    expect((await store.verify()).problems).toMatchObject([lost]);
  });

  it('mends damaged weights from another model, from the trash, and from bytes that are fetched anew', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await open(root);
    await download(store, drive, { commit: 'a', files: single });
    await download(store, drive, { commit: 'd', files: pipeline });
    const path = join(root, SINGLE, 'vae.safetensors');
    const damaged = Uint8Array.from(vae, (byte, position) => (position % 997 === 0 ? byte ^ 1 : byte));
    await writeFile(path, damaged);
    const found = await store.verify();
    expect(found.problems.map(({ slug, file, problem }) => [slug, file, problem])).toEqual([
      [PIPELINE, 'vae/model.safetensors', 'corrupt'],
      [SINGLE, 'vae.safetensors', 'corrupt'],
    ]);
    const [bad] = (await store.repair(found)).bad;
    expect(bad).toMatchObject({ sha256: sha256Of(vae) });
    // Nobody has touched what cannot be mended yet.
    expect(await readFile(path)).toEqual(Buffer.from(damaged));
    const source = { provider: 'url', endpoint: null, repo: null, revision: null, commit: null, path: null } as const;
    const content = { sizeBytes: vae.byteLength, sha256: sha256Of(vae), gitSha1: null };
    const transaction = await store.begin([{ ...content, name: 'again', source }], { renew: true });
    await writeFile(transaction.files[0]?.part ?? '', vae);
    await transaction.publish('again', { ...content, blake3: null });
    await transaction.discard();
    await store.repair(found);
    expect(await store.verify()).toMatchObject({ problems: [] });
    const quarantined = await readdir(store.layout.quarantine);
    expect(await readFile(join(store.layout.quarantine, quarantined[0] ?? ''))).toEqual(Buffer.from(damaged));
  });

  it('finds the bytes of a model whose folder somebody has renamed', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'library');
    await using store = await open(root);
    await download(store, drive, { commit: 'a', files: single });
    await rename(join(root, SINGLE), join(root, 'vae/other/mine'));
    await download(store, drive, { commit: 'd', files: pipeline });
    await store.rebuild();
    expect(await store.verify()).toMatchObject({ models: 2, problems: [] });
    await store.collectGarbage({ graceMs: 0 }).result;
    expect(await waitingIn(store)).toEqual([]);
    expect(await store.verify()).toMatchObject({ models: 2, problems: [] });
  });
});
