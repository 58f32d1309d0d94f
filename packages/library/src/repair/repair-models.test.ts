import { chmod, copyFile, cp, link, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { nodeFileSystem } from '@modelkeep/io';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { sha256Of } from '../proofs/scenes.test-helper.ts';
import type { RepairOptions, RepairReport } from './repair-report.ts';

const lora = buildFluxLora({ scale: 0.02 });
const hash = sha256Of(lora);
const other = Buffer.from(lora.map((byte, at) => (at === lora.length - 1 ? byte ^ 1 : byte)));

interface Scene extends AsyncDisposable {
  readonly root: string;
  readonly store: LibraryStore;
  readonly blob: string;
  readonly file: string;
  repair(options?: RepairOptions): Promise<RepairReport>;
  /** Puts other bytes of the same size into the blob, as a drive that goes bad or an app that writes through a link. */
  damage(): Promise<void>;
}

async function withLora(): Promise<Scene> {
  const folder = await tempFolder();
  const root = join(folder.path, 'library');
  const path = join(folder.path, 'line.safetensors');
  await writeFile(path, lora);
  const store = await openTestStore({ root });
  await store.import([path]).result;
  const blob = join(root, 'blobs/sha256', hash);
  return {
    root,
    store,
    blob,
    file: join(root, 'lora/flux1/line/line.safetensors'),
    repair: async (options) => store.repair(await store.verify(), options),
    async damage() {
      await chmod(blob, 0o644);
      await writeFile(blob, other);
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function inodesOf(...paths: readonly string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await stat(path)).ino));
}

describe('a repair without a network', () => {
  it('makes the file of a model anew that is missing', async () => {
    await using scene = await withLora();
    await rm(scene.file);
    expect(await scene.repair()).toEqual({
      repaired: [{ slug: 'lora/flux1/line', file: 'line.safetensors', how: 'projected' }],
      joined: [],
      bad: [],
      bytesSaved: 0,
    });
    expect(await scene.store.verify()).toMatchObject({ problems: [], apart: [] });
    expect(await scene.repair()).toEqual({ repaired: [], joined: [], bad: [], bytesSaved: 0 });
  });

  it('takes a damaged blob from a good copy, and keeps the damaged bytes', async () => {
    await using scene = await withLora();
    await copyFile(scene.file, `${scene.file}.copy`);
    await scene.damage();
    await rename(`${scene.file}.copy`, scene.file);
    expect((await scene.repair()).repaired).toMatchObject([{ how: 'from-copy' }]);
    expect((await scene.store.verify()).problems).toEqual([]);
    expect((await stat(scene.blob)).mode & 0o777).toBe(0o444);
    const [kept = ''] = await readdir(scene.store.layout.quarantine);
    expect(kept.startsWith(hash)).toBe(true);
    expect(await readFile(join(scene.store.layout.quarantine, kept))).toEqual(other);
    expect(await readdir(scene.store.layout.temp)).toEqual([]);
  });

  it('takes a blob that is missing from the trash or from the model', async () => {
    await using scene = await withLora();
    await rm(scene.blob);
    expect((await scene.repair()).repaired).toMatchObject([{ how: 'from-copy' }]);
    expect((await scene.store.verify()).problems).toEqual([]);
    const trash = join(scene.store.layout.trash, '20260101T000000000Z');
    await nodeFileSystem.mkdir(trash);
    await rename(scene.blob, join(trash, hash));
    await rm(scene.file);
    expect((await scene.repair()).repaired).toMatchObject([{ how: 'from-trash' }, { how: 'projected' }]);
    expect((await scene.store.verify()).problems).toEqual([]);
  });

  it('says what has to be fetched, and from where, and leaves the damaged bytes in place', async () => {
    await using scene = await withLora();
    await scene.damage();
    const report = await scene.repair();
    expect(report).toMatchObject({
      repaired: [],
      bad: [
        {
          sha256: hash,
          sizeBytes: lora.byteLength,
          file: 'line.safetensors',
          sources: [{ source: { provider: 'local' } }],
        },
      ],
    });
    expect(await readFile(scene.blob)).toEqual(other);
  });

  it('puts fetched bytes in place of the damaged ones, in the blob and in the model', async () => {
    await using scene = await withLora();
    await scene.damage();
    const found = await scene.store.verify();
    const [bad] = (await scene.store.repair(found)).bad;
    const { source } = bad?.sources[0] ?? {};
    if (bad === undefined || source === undefined) throw new Error('nothing is bad');
    const transaction = await scene.store.begin([{ ...bad, name: bad.sha256, source }], { renew: true });
    const [file] = transaction.files;
    expect(file?.content).toBeNull();
    await writeFile(file?.part ?? '', lora);
    await transaction.publish(bad.sha256, { ...bad, blake3: null });
    await transaction.discard();
    // A process that dies here is found by the next repair: the file of the model still is the damaged one.
    expect((await scene.store.verify()).problems).toMatchObject([{ problem: 'diverged' }]);
    expect((await scene.repair()).repaired).toMatchObject([{ how: 'projected' }]);
    expect(await scene.store.verify()).toMatchObject({ problems: [], apart: [] });
    expect(await readdir(scene.store.layout.quarantine)).toHaveLength(1);
  });

  it('keeps what somebody has changed, and replaces it only when asked, with a copy in quarantine', async () => {
    await using scene = await withLora();
    await rm(scene.file);
    await writeFile(scene.file, 'my own header');
    expect((await scene.repair()).repaired).toEqual([]);
    expect(await readFile(scene.file, 'utf8')).toBe('my own header');
    expect((await scene.repair({ replaceDiverged: true })).repaired).toMatchObject([{ how: 'projected' }]);
    expect(await scene.store.verify()).toMatchObject({ problems: [], apart: [] });
    const [kept = ''] = await readdir(scene.store.layout.quarantine);
    expect(await readFile(join(scene.store.layout.quarantine, kept), 'utf8')).toBe('my own header');
  });

  it('joins again what a plain copy of the library has split', async () => {
    await using scene = await withLora();
    await using folder = await tempFolder();
    const root = join(folder.path, 'copied');
    await cp(scene.root, root, { recursive: true });
    await using store = await openTestStore({ root });
    const [blob, file] = [join(root, 'blobs/sha256', hash), join(root, 'lora/flux1/line/line.safetensors')];
    expect(new Set(await inodesOf(blob, file)).size).toBe(2);
    const found = await store.verify();
    expect(found).toMatchObject({ problems: [], apart: [{ slug: 'lora/flux1/line', sha256: hash }] });
    const report = await store.repair(found);
    const { reflink } = await import('@modelkeep/io').then(({ probeLinks }) => probeLinks(nodeFileSystem, root));
    if (reflink) expect(report.repaired).toEqual([]);
    else {
      expect(report).toMatchObject({ repaired: [{ how: 'joined' }], bytesSaved: expect.any(Number) });
      expect(report.bytesSaved).toBeGreaterThanOrEqual(lora.byteLength);
      expect(new Set(await inodesOf(blob, file)).size).toBe(1);
    }
    expect((await store.verify()).problems).toEqual([]);
  });

  it('takes bytes that the drive cannot read for damaged, and a model behind a link for somebody else’s', async () => {
    await using scene = await withLora();
    await scene.damage();
    const found = await scene.store.verify();
    const problems = found.problems.map((problem) => ({ ...problem, problem: 'unreadable' as const }));
    expect((await scene.store.repair({ ...found, problems })).bad).toHaveLength(1);
    const elsewhere = join(scene.root, '..', 'elsewhere');
    await rename(join(scene.root, 'lora/flux1/line'), elsewhere);
    await symlink(elsewhere, join(scene.root, 'lora/flux1/line'));
    expect((await scene.store.repair({ ...found, problems })).bad).toEqual([]);
  });

  it('leaves what cannot be read as metadata, and stops when it is told to', async () => {
    await using scene = await withLora();
    await rm(scene.file);
    const found = await scene.store.verify();
    await expect(scene.store.repair(found, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    await writeFile(join(scene.root, 'lora/flux1/line/metadata.json'), '{');
    const broken = await scene.store.verify();
    expect(broken.problems).toMatchObject([{ problem: 'metadata', part: 'metadata', sha256: null }]);
    expect((await scene.store.repair(broken)).repaired).toEqual([]);
    await using reader = await openTestStore({ root: scene.root, mode: 'read' });
    await expect(reader.repair(found)).rejects.toBeInstanceOf(ModelkeepError);
    await link(scene.blob, join(scene.root, 'x'));
  });
});
