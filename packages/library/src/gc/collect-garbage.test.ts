import { link, mkdir, readdir, rename, rm, symlink, writeFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@modelkeep/core';
import { nodeFileSystem, type FileSystem } from '@modelkeep/io';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { laterBy, openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { sha256Of } from '../proofs/scenes.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const vaeHash = sha256Of(vae);
const VAE = 'vae/other/vae';

/** A library with a LoRA, and with a VAE whose folder somebody has removed. */
async function libraryWithGarbage(folder: string): Promise<string> {
  const root = join(folder, 'library');
  await writeFile(join(folder, 'line.safetensors'), lora);
  await writeFile(join(folder, 'vae.safetensors'), vae);
  await using store = await openTestStore({ root });
  await store.import([join(folder, 'line.safetensors'), join(folder, 'vae.safetensors')]).result;
  await rm(join(root, VAE), { recursive: true });
  return root;
}

async function listBlobs(root: string): Promise<string[]> {
  return (await readdir(join(root, 'blobs/sha256'))).toSorted();
}

describe('a collection of garbage', () => {
  it('tells first, puts what no model needs into the trash, and deletes it a day later', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    {
      await using early = await openTestStore({ root });
      expect(await early.collectGarbage().result).toMatchObject({ items: [], needed: 1, young: 1 });
    }
    await using store = await openTestStore({ root, clock: laterBy(25) });
    const told = await store.collectGarbage({ dryRun: true }).result;
    expect(told).toMatchObject({
      dryRun: true,
      items: [
        { kind: 'blob', path: `blobs/sha256/${vaeHash}`, step: 'trash', sizeBytes: vae.byteLength, otherNames: 0 },
      ],
      needed: 1,
      young: 0,
      bytesToTrash: vae.byteLength,
      bytesFreed: 0,
    });
    expect(told.bytesReclaimable).toBeGreaterThanOrEqual(vae.byteLength);
    expect(await listBlobs(root)).toHaveLength(2);

    const operation = store.collectGarbage();
    expect(await operation.result).toEqual({ ...told, dryRun: false });
    expect(operation.progress.current).toMatchObject({ phase: 'done', fraction: 1 });
    expect(await listBlobs(root)).toEqual([sha256Of(lora)]);
    expect(await store.collectGarbage().result).toMatchObject({ items: [], bytesFreed: 0 });
    await store.close();

    await using later = await openTestStore({ root, clock: laterBy(50) });
    const trashed = { kind: 'trashed-blob', step: 'delete', sizeBytes: vae.byteLength };
    expect((await later.collectGarbage({ dryRun: true }).result).items).toMatchObject([trashed]);
    expect(await later.collectGarbage().result).toMatchObject({
      items: [trashed],
      bytesFreed: told.bytesReclaimable,
    });
    expect(await readdir(later.layout.trash)).toEqual([]);
    expect((await later.verify()).problems).toEqual([]);
  });

  it('says that nothing is freed where another name keeps the bytes', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    await link(join(root, 'blobs/sha256', vaeHash), join(folder.path, 'in-an-app.safetensors'));
    await using store = await openTestStore({ root, clock: laterBy(25) });
    expect(await store.collectGarbage({ dryRun: true }).result).toMatchObject({
      items: [{ otherNames: 1, freedBytes: 0, reason: expect.stringContaining('1 other names') }],
      bytesToTrash: vae.byteLength,
      bytesReclaimable: 0,
    });
  });

  it('touches nothing while some metadata cannot be read, and names it', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    await using store = await openTestStore({ root, clock: laterBy(25) });
    const metadata = join(root, 'lora/flux1/line/metadata.json');
    const text = await readFile(metadata, 'utf8');
    const newer = text.replace('"schema": 1', '"schema": 2');
    for (const broken of [text.slice(0, -9), '{}', '[]', newer]) {
      await writeFile(metadata, broken);
      for (const dryRun of [true, false]) {
        await expect(store.collectGarbage({ dryRun }).result).rejects.toMatchObject({
          code: broken === newer ? 'core.format-newer' : 'library.corrupt-metadata',
          facts: { path: metadata },
        });
      }
    }
    expect(await listBlobs(root)).toHaveLength(2);
    expect(await readdir(store.layout.trash)).toEqual([]);
  });

  it('finds models that a person has moved or renamed, and adopted ones', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    await mkdir(join(root, 'my own order'));
    await rename(join(root, 'lora/flux1/line'), join(root, 'my own order/a line (best)'));
    await mkdir(join(root, 'external/x'), { recursive: true });
    await mkdir(join(root, 'external/half-made'));
    await writeFile(join(root, 'external/x/metadata.json'), JSON.stringify({ any: [{ shape: vaeHash }] }));
    await using store = await openTestStore({ root, clock: laterBy(25) });
    expect(await store.collectGarbage().result).toMatchObject({ items: [], needed: 2 });
    for (const broken of ['{', '1']) {
      await writeFile(join(root, 'external/x/metadata.json'), broken);
      await expect(store.collectGarbage().result).rejects.toMatchObject({ code: 'library.corrupt-metadata' });
    }
  });

  it('is refused where a link may hide models, and where the drive is gone', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    await using store = await openTestStore({ root, clock: laterBy(25) });
    await mkdir(join(folder.path, 'elsewhere'));
    for (const target of [join(folder.path, 'elsewhere'), join(folder.path, 'unplugged')]) {
      await symlink(target, join(root, 'lora/more'));
      await expect(store.collectGarbage().result).rejects.toMatchObject({
        code: 'library.gc-refused',
        facts: { path: join(root, 'lora/more') },
      });
      await rm(join(root, 'lora/more'));
    }
    await symlink(join(root, 'modelkeep.json'), join(root, 'lora/a-file'));
    const deep = join(root, ...Array.from({ length: 20 }, () => 'deep'));
    await mkdir(deep, { recursive: true });
    await expect(store.collectGarbage().result).rejects.toMatchObject({ code: 'library.gc-refused' });
    await rm(join(root, 'deep'), { recursive: true });
    await rename(join(root, 'modelkeep.json'), join(folder.path, 'kept.json'));
    await expect(store.collectGarbage().result).rejects.toMatchObject({ code: 'library.volume-absent' });
    await rename(join(folder.path, 'kept.json'), join(root, 'modelkeep.json'));
    expect((await store.collectGarbage().result).items).toHaveLength(1);
  });

  it('keeps what a transaction has pinned or means to store, and what is no blob', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    const source = { provider: 'url', endpoint: null, repo: null, revision: null, commit: null, path: null } as const;
    const wanted = { name: 'v.safetensors', sizeBytes: vae.byteLength, sha256: vaeHash, gitSha1: null, source };
    await writeFile(join(root, 'blobs/sha256/notes.txt'), 'mine');
    await using store = await openTestStore({ root, clock: laterBy(25) });
    const transaction = await store.begin([wanted]);
    expect(await store.collectGarbage().result).toMatchObject({ items: [], needed: 2 });
    await rm(join(store.layout.pins, `${vaeHash}.${transaction.id}`));
    expect(await store.collectGarbage().result).toMatchObject({ items: [], needed: 2 });
    await transaction.discard();
    expect((await store.collectGarbage().result).items).toHaveLength(1);
    expect(await listBlobs(root)).toEqual([sha256Of(lora), 'notes.txt']);
  });

  it('keeps what a transaction has staged, though its pins were lost', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    const source = { provider: 'url', endpoint: null, repo: null, revision: null, commit: null, path: null } as const;
    await using store = await openTestStore({ root, clock: laterBy(25) });
    const { id } = await store.begin([{ name: 'x.gguf', sizeBytes: 1, sha256: null, gitSha1: null, source }]);
    const staged = join(store.layout.temp, id, 'model-0');
    await mkdir(staged);
    expect((await store.collectGarbage({ dryRun: true }).result).items).toHaveLength(1);
    await writeFile(join(staged, 'metadata.json'), '{"half": ');
    expect((await store.collectGarbage({ dryRun: true }).result).items).toHaveLength(1);
    await writeFile(join(staged, 'metadata.json'), JSON.stringify({ files: [{ sha256: vaeHash }] }));
    expect(await store.collectGarbage().result).toMatchObject({ items: [], needed: 2 });
  });

  it('that died before its second look is settled by the next start, or later where metadata cannot be read', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    const open = join(root, '.modelkeep/trash/20260101T000000000Z.open');
    await mkdir(open);
    for (const sha256 of [sha256Of(lora), vaeHash])
      await rename(join(root, 'blobs/sha256', sha256), join(open, sha256));
    const metadata = join(root, 'lora/flux1/line/metadata.json');
    const text = await readFile(metadata, 'utf8');
    await writeFile(metadata, '{');
    await (await openTestStore({ root })).close();
    expect((await readdir(open)).toSorted()).toEqual([sha256Of(lora), vaeHash].toSorted());
    await writeFile(metadata, text);
    await using store = await openTestStore({ root });
    expect((await store.verify()).problems).toEqual([]);
    expect(await readdir(join(root, '.modelkeep/trash/20260101T000000000Z'))).toEqual([vaeHash]);
  });

  it('removes what a process that died while it wrote has left in a folder of a model', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    const paths = ['lora/flux1/line', '.modelkeep', '.'].map((place) => join(root, place, '.0123456789abcdef.tmp'));
    for (const path of paths) await writeFile(path, '{"half": ');
    await writeFile(join(root, 'lora/flux1/line', '.mine.tmp'), 'of a person');
    await using early = await openTestStore({ root });
    expect((await early.collectGarbage().result).items).toEqual([]);
    await using store = await openTestStore({ root, clock: laterBy(25) });
    const told = (await store.collectGarbage({ dryRun: true }).result).items;
    expect(told.filter(({ kind }) => kind === 'leftover').map(({ path }) => path)).toEqual([
      '.0123456789abcdef.tmp',
      '.modelkeep/.0123456789abcdef.tmp',
      'lora/flux1/line/.0123456789abcdef.tmp',
    ]);
    expect((await store.collectGarbage().result).items).toEqual(told);
    for (const path of paths) await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readFile(join(root, 'lora/flux1/line', '.mine.tmp'), 'utf8')).toBe('of a person');
  });

  it('gives back from the trash what is asked for again', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    await using store = await openTestStore({ root, clock: laterBy(25) });
    await store.collectGarbage().result;
    const wanted = { sizeBytes: vae.byteLength, sha256: vaeHash, gitSha1: null };
    expect(await store.findContents([wanted])).toMatchObject([{ sha256: vaeHash }]);
    expect(await listBlobs(root)).toHaveLength(1);
    const source = { provider: 'url', endpoint: null, repo: null, revision: null, commit: null, path: null } as const;
    const transaction = await store.begin([{ ...wanted, name: 'vae.safetensors', source }]);
    expect(transaction.files[0]?.content).toMatchObject({ sha256: vaeHash });
    await transaction.commit({ sourceName: 'x', sourceGroup: null, layers: {} });
    expect((await store.verify()).problems).toEqual([]);
    expect(await store.collectGarbage({ graceMs: 0 }).result).toMatchObject({ items: [], needed: 2 });
  });

  it('links back what metadata needs again, though its blob is in the trash', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    const kept = join(folder.path, 'kept');
    await using store = await openTestStore({ root, clock: laterBy(25) });
    await rename(join(root, 'lora/flux1/line'), kept);
    expect((await store.collectGarbage().result).items).toHaveLength(2);
    await rename(kept, join(root, 'lora/flux1/line'));
    const told = await store.collectGarbage({ dryRun: true }).result;
    expect(told.restored).toEqual([sha256Of(lora)]);
    expect((await store.collectGarbage().result).restored).toEqual([sha256Of(lora)]);
    expect((await store.verify()).problems).toEqual([]);
  });

  it('empties the trash of deleted models, old quarantine and what no transaction knows', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    {
      await using store = await openTestStore({ root });
      const deleted = join(store.layout.trash, 'models-20260101T000000000Z', 'an-id');
      await mkdir(deleted, { recursive: true });
      await writeFile(join(deleted, 'metadata.json'), 'not even json');
      await writeFile(join(deleted, 'a.safetensors'), 'weights');
      await link(join(deleted, 'a.safetensors'), join(deleted, 'b.safetensors'));
      await writeFile(join(store.layout.quarantine, '0.part.x'), 'bad bytes');
      await mkdir(join(store.layout.quarantine, 'folder'));
      await mkdir(join(store.layout.temp, 'nobody'));
      await writeFile(join(store.layout.temp, 'nobody/0.part'), 'part');
      expect((await store.collectGarbage().result).items).toEqual([]);
    }
    await using store = await openTestStore({ root, clock: laterBy(24 * 31), mode: 'read' });
    const { items } = await store.collectGarbage({ dryRun: true }).result;
    expect(items.map(({ kind, step, sizeBytes, otherNames }) => [kind, step, sizeBytes, otherNames])).toEqual([
      ['leftover', 'delete', 4, 0],
      ['deleted-model', 'delete', 20, 0],
      ['quarantined', 'delete', 9, 0],
      ['quarantined', 'delete', 0, 0],
      ['blob', 'trash', vae.byteLength, 0],
    ]);
    await expect(store.collectGarbage().result).rejects.toMatchObject({ code: 'library.read-only' });
    await using writer = await openTestStore({ root, clock: laterBy(24 * 31) });
    expect((await writer.collectGarbage().result).items).toHaveLength(4);
    expect(await readdir(writer.layout.quarantine)).toEqual([]);
    expect(await readdir(writer.layout.temp)).toEqual([]);
  });

  it('passes over what others remove while it looks', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    const seen: string[] = [];
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      readdir: async (path) => {
        const entries = await nodeFileSystem.readdir(path);
        if (path !== join(root, '.modelkeep/tmp') && path !== join(root, '.modelkeep/trash')) return entries;
        seen.push(path);
        return [...entries, { name: 'models-gone', kind: 'folder' }];
      },
    };
    await using store = await openTestStore({ root, clock: laterBy(25), fileSystem });
    expect((await store.collectGarbage().result).items.map(({ kind }) => kind)).toEqual(['blob']);
    expect(new Set(seen).size).toBe(2);
  });

  it('may run twice in the same millisecond', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    const now = Date.now() + 25 * 3_600_000;
    await using store = await openTestStore({ root, clock: { ...systemClock, now: () => now } });
    await store.collectGarbage().result;
    await rm(join(root, 'lora/flux1/line'), { recursive: true });
    await store.collectGarbage({ graceMs: 0 }).result;
    await store.collectGarbage({ graceMs: 1 }).result;
    expect(await listBlobs(root)).toEqual([]);
    expect((await readdir(store.layout.trash)).filter((name) => name.endsWith('.open'))).toEqual([]);
  });

  it('runs once at a time: two at once do the work of one', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    await using first = await openTestStore({ root, clock: laterBy(25) });
    await using second = await openTestStore({ root, clock: laterBy(25) });
    const reports = await Promise.all([first, second, first].map((store) => store.collectGarbage().result));
    expect(reports.flatMap(({ items }) => items)).toHaveLength(1);
    expect((await first.verify()).problems).toEqual([]);
  });

  it('that is given up leaves nothing that is needed in the trash', async () => {
    await using folder = await tempFolder();
    const root = await libraryWithGarbage(folder.path);
    await using store = await openTestStore({ root, clock: laterBy(25) });
    const controller = new AbortController();
    const operation = store.collectGarbage({ signal: controller.signal });
    operation.progress.subscribe(({ phase }) => phase === 'collecting' && controller.abort(new Error('enough')));
    await expect(operation.result).rejects.toThrow('enough');
    expect((await readdir(store.layout.trash)).every((name) => !name.endsWith('.open'))).toBe(true);
    await expect(store.collectGarbage({ signal: AbortSignal.abort(new Error('no')) }).result).rejects.toThrow('no');
    await store.collectGarbage().result;
    expect(await listBlobs(root)).toEqual([sha256Of(lora)]);
  });
});
