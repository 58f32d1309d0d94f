import { createHash } from 'node:crypto';
import { chmod, link, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { nodeFileSystem, translateSystemError, type FileSystem } from '@modelkeep/io';
import { buildFluxLora, buildVae, createFaultyFileSystem, systemError } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { declareDead, laterBy, openTestStore, tempFolder } from '../open-store.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const sha256 = createHash('sha256').update(lora).digest('hex');

class Crash extends Error {}

/** Each change is tried on drives in memory (`proofs/disk-errors.test.ts`), one in so many on the real one as well. */
const STRIDE = process.env['MODELKEEP_KILL_POINTS'] === undefined ? 14 : 1;

async function writeModels(folder: string): Promise<string> {
  const models = join(folder, 'models');
  await mkdir(join(models, 'vae'), { recursive: true });
  await writeFile(join(models, 'line.safetensors'), lora);
  await writeFile(join(models, 'line.json'), '{"notes": 1}');
  await writeFile(join(models, 'vae', 'sd.safetensors'), vae);
  await writeFile(join(models, 'vae', 'again.safetensors'), lora);
  return models;
}

describe('an import by move', () => {
  it('makes the file itself the blob, and its name goes', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const path = join(folder.path, 'line.safetensors');
    await writeFile(path, lora);
    const { ino } = await stat(path);
    const report = await store.import([path], { mode: 'move' }).result;
    expect(report).toMatchObject({ bytesMoved: lora.byteLength, bytesCopied: 0, skipped: [], errors: [] });
    const blob = await stat(join(store.root, 'blobs/sha256', sha256));
    expect([blob.ino, blob.mode & 0o777]).toEqual([ino, 0o444]);
    await expect(lstat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await store.verify()).problems).toEqual([]);
    expect(await readdir(store.layout.transactions)).toEqual([]);
  });

  it.each([
    ['line.safetensors', 'EROFS'],
    ['line.safetensors', 'EACCES'],
    ['line.safetensors', 'EBUSY'],
    ['line.json', 'EACCES'],
    ['line.json', 'EBUSY'],
  ])('takes in what cannot lose its name (%s, %s), says so, and is opened again', async (stuck, code) => {
    await using folder = await tempFolder();
    await using owner = await tempFolder();
    const files = { 'line.safetensors': lora, 'line.json': Buffer.from('{"notes": 1}') };
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(owner.path, name), bytes);
    const path = join(owner.path, stuck);
    const failure = Object.assign(new Error(`${code}: unlink`), { code });
    const unlink: FileSystem['unlink'] = (name) =>
      name === path
        ? Promise.reject(translateSystemError(failure, { operation: 'remove', path }))
        : nodeFileSystem.unlink(name);
    const root = join(folder.path, 'library');
    {
      await using store = await openTestStore({ root, fileSystem: { ...nodeFileSystem, unlink } });
      const report = await store.import([owner.path], { mode: 'move' }).result;
      expect(report.models).toHaveLength(1);
      const reason: unknown = expect.stringContaining(`it stays where it is: cannot remove ${path}`);
      expect(report.skipped).toEqual([{ path, reason }]);
      expect(await readdir(store.layout.transactions)).toEqual([]);
    }
    await using again = await openTestStore({ root });
    expect(again.recovery).toEqual({ finished: 0, resumable: 0, discarded: 0 });
    expect((await again.verify()).problems).toEqual([]);
    expect(await readdir(owner.path)).toEqual([stuck]);
    expect(Buffer.compare(await readFile(path), files[stuck as keyof typeof files])).toBe(0);
    const [model] = (await again.index.list()).records;
    expect(model?.files.map(({ name }) => name).toSorted()).toEqual(Object.keys(files).toSorted());
  });

  it('of a folder takes all its models, and of what is there already only the name', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const models = await writeModels(folder.path);
    const report = await store.import([models], { mode: 'move' }).result;
    expect(report.models).toHaveLength(2);
    expect(report.bytesMoved + report.bytesSaved).toBe(2 * lora.byteLength + vae.byteLength + 12);
    expect(await filesBelow(models)).toEqual([]);
    await writeFile(join(folder.path, 'copy.safetensors'), lora);
    const again = await store.import([join(folder.path, 'copy.safetensors')], { mode: 'move' }).result;
    expect(again).toMatchObject({ bytesMoved: 0, bytesSaved: lora.byteLength });
    expect(again.models[0]?.id).toBe(report.models.find(({ type }) => type === 'lora')?.id);
    await expect(lstat(join(folder.path, 'copy.safetensors'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await store.verify()).problems).toEqual([]);
  });

  it('keeps the only good copy where the blob of the same content is damaged', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const path = join(folder.path, 'line.safetensors');
    await writeFile(path, lora);
    await store.import([path]).result;
    const blob = join(store.root, 'blobs/sha256', sha256);
    const damaged = Buffer.from(lora).fill(7, 5_000, 5_010);
    await chmod(blob, 0o644);
    await writeFile(blob, damaged);
    const report = await store.import([path], { mode: 'move' }).result;
    expect(report.skipped).toMatchObject([{ path, reason: expect.stringContaining('damaged') as string }]);
    expect(await readFile(path)).toEqual(Buffer.from(lora));
  });

  it('copies to another drive, and a file that has other names, and leaves links alone', async () => {
    await using folder = await tempFolder();
    const otherDrive: FileSystem = {
      ...nodeFileSystem,
      link: (existing, path) =>
        existing.startsWith(join(folder.path, 'library'))
          ? nodeFileSystem.link(existing, path)
          : Promise.reject(
              new ModelkeepError('io.failed', {
                message: 'another drive',
                facts: { path, systemCode: 'EXDEV', operation: 'link' },
              }),
            ),
    };
    await using store = await openTestStore({ root: join(folder.path, 'library'), fileSystem: otherDrive });
    const path = join(folder.path, 'line.safetensors');
    await writeFile(path, lora);
    const { ino } = await stat(path);
    const report = await store.import([path], { mode: 'move' }).result;
    expect(report).toMatchObject({ bytesMoved: 0, bytesCopied: lora.byteLength });
    expect((await stat(join(store.root, 'blobs/sha256', sha256))).ino).not.toBe(ino);
    await expect(lstat(path)).rejects.toMatchObject({ code: 'ENOENT' });

    await using near = await openTestStore({ root: join(folder.path, 'near') });
    await writeFile(join(folder.path, 'one.safetensors'), vae);
    await link(join(folder.path, 'one.safetensors'), join(folder.path, 'two.safetensors'));
    await symlink(join(folder.path, 'two.safetensors'), join(folder.path, 'link.safetensors'));
    const second = await near.import([join(folder.path, 'one.safetensors')], { mode: 'move' }).result;
    expect(second).toMatchObject({ bytesMoved: 0, bytesCopied: vae.byteLength });
    await expect(near.import([join(folder.path, 'link.safetensors')], { mode: 'move' }).result).rejects.toMatchObject({
      code: 'library.nothing-to-import',
    });
    expect(await readFile(join(folder.path, 'two.safetensors'))).toEqual(Buffer.from(vae));
    expect((await stat(join(folder.path, 'two.safetensors'))).nlink).toBe(1);
  });

  it('refuses what belongs to a library or to another tool', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'line.safetensors'), lora);
    const { models } = await store.import([join(folder.path, 'line.safetensors')]).result;
    const own = join(store.folderOf(models[0] ?? { slug: '' }), 'line.safetensors');
    await mkdir(join(folder.path, 'ollama', 'manifests'), { recursive: true });
    await mkdir(join(folder.path, 'ollama', 'blobs'));
    for (const path of [own, join(folder.path, 'ollama')]) {
      for (const mode of path === own ? (['move', 'link'] as const) : (['move'] as const)) {
        await expect(store.import([path], { mode }).result).rejects.toMatchObject({ code: 'core.invalid-argument' });
      }
    }
    expect((await store.verify()).problems).toEqual([]);
  });

  it('given up before the commit gives the files back as they were', async () => {
    await using folder = await tempFolder();
    const models = await writeModels(folder.path);
    await chmod(join(models, 'line.safetensors'), 0o640);
    const abort = new AbortController();
    const reason = new Error('enough');
    const stopping: FileSystem = {
      ...nodeFileSystem,
      async chmod(path, mode) {
        await nodeFileSystem.chmod(path, mode);
        if (mode === 0o444) abort.abort(reason);
      },
    };
    await using store = await openTestStore({ root: join(folder.path, 'library'), fileSystem: stopping });
    await expect(store.import([models], { mode: 'move', signal: abort.signal }).result).rejects.toBe(reason);
    expect(await readdir(join(store.root, 'blobs/sha256'))).toEqual([]);
    const status = await stat(join(models, 'line.safetensors'));
    expect([status.nlink, status.mode & 0o777]).toEqual([1, 0o640]);
    expect(await readdir(store.layout.transactions)).toEqual([]);
  });

  it('cut off at any of its changes loses nothing: every byte is under its old name or in the library', async () => {
    let points = 0;
    for (let atMutation = 1; ; atMutation += STRIDE) {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      await (await openTestStore({ root })).close();
      const models = await writeModels(folder.path);
      const error = (): Error => new Crash('the process is gone');
      const faulty = createFaultyFileSystem({ atMutation, lasts: 'from-then-on', error });
      await importWith(faulty.fileSystem, root, models);
      if (faulty.struck === null) break;
      points += 1;
      await expectNothingLost(root, models, `after a crash at change ${atMutation}`);
      await declareDead(root);

      await using store = await openTestStore({ root });
      // What is not committed is its owner's again, to write as ever: no blob shares its bytes.
      for (const name of await filesBelow(models)) {
        const { nlink, mode } = await stat(join(models, name));
        expect([name, nlink, mode & 0o200], `change ${atMutation}`).toEqual([name, 1, 0o200]);
      }
      await expectNothingLost(root, models, `after the recovery from a crash at change ${atMutation}`);
      if ((await filesBelow(models)).length > 0) await store.import([models], { mode: 'move' }).result;
      expect((await store.verify()).problems).toEqual([]);
      expect(await store.survey()).toEqual({ models: 2, stale: 0, problems: [] });
      await store.close();
      await using dayAfter = await openTestStore({ root, clock: laterBy(25) });
      const { transactions, temp, pins } = dayAfter.layout;
      for (const place of [transactions, temp, pins]) expect(await readdir(place)).toEqual([]);
    }
    expect(points * STRIDE).toBeGreaterThan(60);
  }, 600_000);

  it('whose drive fails at any of its changes loses nothing and can be run again', async () => {
    let failures = 0;
    for (let atMutation = 1; ; atMutation += STRIDE) {
      await using folder = await tempFolder();
      const root = join(folder.path, 'library');
      await (await openTestStore({ root })).close();
      const models = await writeModels(folder.path);
      const error = (): Error => systemError(atMutation % 2 === 0 ? 'ENOSPC' : 'EROFS');
      const faulty = createFaultyFileSystem({ atMutation, lasts: 'once', error });
      const outcome = await importWith(faulty.fileSystem, root, models);
      if (faulty.struck === null) break;
      if (outcome !== null) failures += 1;
      await expectNothingLost(root, models, `after a failure at change ${atMutation}`);
      await declareDead(root);
      await using store = await openTestStore({ root });
      if ((await filesBelow(models)).length > 0) await store.import([models], { mode: 'move' }).result;
      expect((await store.verify()).problems).toEqual([]);
      expect(await store.index.stats()).toMatchObject({ models: 2 });
    }
    expect(failures * STRIDE).toBeGreaterThan(50);
  }, 600_000);
});

async function importWith(fileSystem: FileSystem, root: string, models: string): Promise<unknown> {
  try {
    await using store = await openTestStore({ root, fileSystem });
    await store.import([models], { mode: 'move' }).result;
    return null;
  } catch (error) {
    return error;
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Each content stands under one of its old names, or in a blob of its name. */
async function expectNothingLost(root: string, models: string, when: string): Promise<void> {
  const contents = new Set<string>();
  for (const name of await filesBelow(models)) contents.add(digestOf(await readFile(join(models, name))));
  for (const name of await readdir(join(root, 'blobs/sha256')).catch(() => [])) {
    const digest = digestOf(await readFile(join(root, 'blobs/sha256', name)));
    expect(digest, when).toBe(name);
    contents.add(digest);
  }
  for (const bytes of [lora, vae, Buffer.from('{"notes": 1}')]) expect(contents, when).toContain(digestOf(bytes));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
