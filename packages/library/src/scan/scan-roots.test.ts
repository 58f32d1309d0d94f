import { link, mkdir, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Progress } from '@modelkeep/core';
import { nodeBulkFileSystem, nodeFileSystem, type BulkFileSystem } from '@modelkeep/io';
import { buildFluxLora, buildFluxModel, buildVae } from '@modelkeep/testing';
import { openSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { writeRepo } from '../repo.test-helper.ts';
import { refuseWide } from './refuse-wide.ts';
import type { ScanReport } from './scan-report.ts';

const lora = buildFluxLora({ scale: 0.02 });
const other = buildFluxLora({ scale: 0.02, fillSeed: 9 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });

interface Scene extends AsyncDisposable {
  readonly path: string;
  readonly models: string;
  readonly store: LibraryStore;
  scan(options?: { readonly maxHashBytes?: number }): Promise<ScanReport>;
  /** The state database, opened a second time. */
  state(): Promise<SqliteDatabase & AsyncDisposable>;
}

/** A library and, beside it, a folder as a user of A1111 or ComfyUI has it. */
async function scene(): Promise<Scene> {
  const folder = await tempFolder();
  const models = join(folder.path, 'models');
  await mkdir(join(models, 'Lora', 'styles'), { recursive: true });
  await mkdir(join(models, 'VAE'));
  await writeFile(join(models, 'Lora', 'line art (v2).safetensors'), lora);
  await writeFile(join(models, 'Lora', 'line art (v2).preview.png'), 'a picture');
  await writeFile(join(models, 'Lora', 'Put LoRAs here.txt'), '');
  await writeFile(join(models, 'Lora', 'styles', 'other.safetensors'), other);
  await writeFile(join(models, 'VAE', 'sd.safetensors'), vae);
  const store = await openTestStore({ root: join(folder.path, 'library') });
  return {
    path: folder.path,
    models,
    store,
    scan: (options) => store.scan([models], options).result,
    state: () => openSqlite({ path: join(folder.path, 'library/.modelkeep/state.db'), mode: 'in-thread' }),
    async [Symbol.asyncDispose]() {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const counts = ({
  total,
  added,
  updated,
  moved,
  missing,
  returned,
  duplicates,
  errors,
  hashesComputed,
}: ScanReport) => ({
  total,
  added: added.length,
  updated: updated.length,
  moved: moved.length,
  missing: missing.length,
  returned: returned.length,
  duplicates: duplicates.length,
  errors: errors.length,
  hashesComputed,
});
const nothing = {
  added: 0,
  updated: 0,
  moved: 0,
  missing: 0,
  returned: 0,
  duplicates: 0,
  errors: 0,
  hashesComputed: 0,
};

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => (a.path < b.path ? -1 : 1);

describe('a scan', () => {
  it('adopts models where they are, with the files that are named after them', async () => {
    await using here = await scene();
    const report = await here.scan();
    expect(counts(report)).toEqual({ ...nothing, total: 3, added: 3, hashesComputed: 5 });
    const record = await here.store.index.get(report.added.find(({ path }) => path.includes('line art'))?.id ?? '');
    expect(record).toMatchObject({
      type: 'lora',
      family: 'flux1',
      officialName: 'line art (v2)',
      place: { kind: 'external', volumeId: null, path: join(here.models, 'Lora'), missing: [] },
    });
    expect(record?.files.map(({ name, role }) => [name, role])).toEqual([
      ['line art (v2).safetensors', 'weights'],
      ['line art (v2).preview.png', 'preview'],
    ]);
    expect(here.store.folderOf(record ?? { slug: '' })).toBe(join(here.models, 'Lora'));
    expect(await readdir(join(here.store.root, 'blobs/sha256'))).toEqual([]);
    expect(await readdir(join(here.store.root, '.modelkeep/txn'))).toEqual([]);
    expect(await here.store.resolve(record?.id.slice(0, -2) ?? '')).toEqual(record);
    expect(await here.store.resolve(record?.slug ?? '')).toEqual(record);
    expect((await here.store.verify()).problems).toEqual([]);
    expect(await here.store.survey()).toEqual({ models: 3, stale: 0, problems: [] });
    await here.store.rebuild();
    expect(await here.store.index.get(record?.id ?? '')).toEqual(record);
  });

  it('finds files by all of their extensions, and tells how far it is and how long it takes', async () => {
    await using folder = await tempFolder();
    const extensions = ['safetensors', 'pt', 'ckpt', 'gguf', 'sft', 'pth', 'bin', 'onnx'];
    const names = [...extensions, 'SafeTensors'].map((extension) => `weights of ${extension}.${extension}`);
    for (const [number, name] of names.entries()) {
      await mkdir(join(folder.path, `${number}`));
      const bytes = buildFluxLora({ scale: 0.02, fillSeed: 20 + number });
      await writeFile(join(folder.path, `${number}`, name), bytes);
      await writeFile(join(folder.path, `${number}`, `${name}.part`), bytes);
    }
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const scan = store.scan([folder.path]);
    const told: Partial<Progress>[] = [];
    scan.progress.subscribe((progress) => told.push(progress));
    const report = await scan.result;
    expect(counts(report)).toEqual({ ...nothing, total: 9, added: 9, hashesComputed: 9 });
    expect(report.added.map(({ path }) => basename(path)).toSorted()).toEqual(names.toSorted());
    expect(told.at(-1)).toMatchObject({ phase: 'done', fraction: 1, etaMs: 0 });
    const hashing = told.filter(({ phase }) => phase === 'hashing');
    expect(hashing.some(({ etaMs }) => typeof etaMs === 'number')).toBe(true);
    expect(hashing.at(-1)).toMatchObject({ bytesDone: report.bytesHashed, bytesTotal: report.bytesHashed });
  });

  it('of what did not change reads and writes nothing', async () => {
    await using here = await scene();
    await here.scan();
    const before = await stampsBelow(here.store.root);
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 3 });
    expect(await stampsBelow(here.store.root)).toEqual(before);
  });

  it('knows a moved, renamed and swapped file again without reading it, and keeps id and overrides', async () => {
    await using here = await scene();
    const { added } = await here.scan();
    const idOf = (part: string): string => added.find(({ path }) => path.includes(part))?.id ?? '';
    await writeFile(
      join(here.store.root, 'external', idOf('line art'), 'overrides.json'),
      '{"fields":{"tags":["mine"]}}',
    );
    await rename(join(here.models, 'Lora', 'line art (v2).safetensors'), join(here.models, 'keep.safetensors'));
    await rename(join(here.models, 'Lora', 'styles'), join(here.models, 'Lora', 'looks'));
    const report = await here.scan();
    expect(counts(report)).toEqual({ ...nothing, total: 3, moved: 2 });
    expect(report.moved.find(({ id }) => id === idOf('line art'))).toEqual({
      id: idOf('line art'),
      name: 'line art (v2)',
      path: join(here.models, 'keep.safetensors'),
      from: join(here.models, 'Lora', 'line art (v2).safetensors'),
    });
    expect(await here.store.index.get(idOf('line art'))).toMatchObject({
      tags: ['mine'],
      revision: 2,
      place: { path: here.models },
      sources: [{ path: join(here.models, 'keep.safetensors') }],
    });

    await rename(join(here.models, 'keep.safetensors'), join(here.models, 'third'));
    await rename(join(here.models, 'VAE', 'sd.safetensors'), join(here.models, 'keep.safetensors'));
    await rename(join(here.models, 'third'), join(here.models, 'VAE', 'sd.safetensors'));
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 3, moved: 2 });
    expect(await here.store.index.get(idOf('line art'))).toMatchObject({ place: { path: join(here.models, 'VAE') } });
    expect(await here.store.index.get(idOf('sd.safe'))).toMatchObject({ type: 'vae', place: { path: here.models } });
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 3 });
    expect((await here.store.verify()).problems).toEqual([]);
  });

  it('takes what was copied over a file for new content of the same model', async () => {
    await using here = await scene();
    const { added } = await here.scan();
    const id = added.find(({ path }) => path.includes('line art'))?.id ?? '';
    const path = join(here.models, 'Lora', 'line art (v2).safetensors');
    await writeFile(path, buildFluxLora({ scale: 0.02, fillSeed: 21 }));
    expect((await here.store.verify()).problems).toMatchObject([{ modelId: id, problem: 'diverged' }]);
    const report = await here.scan();
    expect(counts(report)).toEqual({ ...nothing, total: 3, updated: 1, hashesComputed: 1 });
    expect(report.updated).toMatchObject([{ id, path }]);
    expect((await here.store.verify()).problems).toEqual([]);
    expect(await here.store.index.stats()).toMatchObject({ models: 3 });

    // Ollama and others touch files that they use: they are read again, and nothing else happens.
    await utimes(path, new Date(2020, 1), new Date(2020, 1));
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 3, hashesComputed: 1 });
  });

  it('says that a file is gone, keeps all that is known of it, and knows it when it is back', async () => {
    await using here = await scene();
    const { added } = await here.scan();
    const id = added.find(({ path }) => path.includes('other'))?.id ?? '';
    const path = join(here.models, 'Lora', 'styles', 'other.safetensors');
    await rename(path, join(here.path, 'elsewhere'));
    const report = await here.scan();
    expect(counts(report)).toEqual({ ...nothing, total: 2, missing: 1 });
    expect(report.missing).toMatchObject([{ id, path }]);
    expect(await here.store.index.get(id)).toMatchObject({
      complete: false,
      place: { missing: ['other.safetensors'] },
      files: [{ name: 'other.safetensors' }],
    });
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 2 });
    await rename(join(here.path, 'elsewhere'), path);
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 3, returned: 1, hashesComputed: 1 });
    expect(await here.store.index.get(id)).toMatchObject({ complete: true, place: { missing: [] } });
  });

  it.each(['EIO', 'EMFILE', 'EACCES', 'ENOENT'])(
    'says nothing of models whose folder was walked and then answers %s, and looks at it again',
    async (code) => {
      await using folder = await tempFolder();
      const styles = join(folder.path, 'models', 'styles');
      await mkdir(styles, { recursive: true });
      await writeFile(join(styles, 'line.safetensors'), lora);
      const looks = { left: Infinity };
      const bulkFileSystem: BulkFileSystem = {
        ...nodeBulkFileSystem,
        readFolder(path) {
          if (path === styles && looks.left-- <= 0) throw Object.assign(new Error(code), { code });
          return nodeBulkFileSystem.readFolder(path);
        },
      };
      await using store = await openTestStore({ root: join(folder.path, 'library'), bulkFileSystem });
      const scan = (): Promise<ScanReport> => store.scan([join(folder.path, 'models')]).result;
      expect(counts(await scan())).toMatchObject({ added: 1 });
      await writeFile(join(styles, 'other.safetensors'), other);
      looks.left = 1;
      const cut = await scan();
      const told = { EIO: 'io.failed', EMFILE: 'core.too-many-files', EACCES: 'io.permission' }[code];
      expect(cut).toMatchObject({ missing: [], errors: told === undefined ? [] : [{ path: styles, code: told }] });
      looks.left = Infinity;
      expect(counts(await scan())).toMatchObject({ added: 1, missing: 0, returned: 0, errors: 0 });
      expect((await store.verify()).problems).toEqual([]);
    },
  );

  it('of a folder that is not there says offline, and nothing of its models', async () => {
    await using here = await scene();
    await here.scan();
    await rename(here.models, join(here.path, 'unplugged'));
    const report = await here.scan();
    expect(report.roots).toEqual([{ path: here.models, state: 'offline' }]);
    expect(counts(report)).toEqual({ ...nothing, total: 0 });
    expect(report.offline).toBe(5);
    await rename(join(here.path, 'unplugged'), here.models);
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 3 });
    await expect(here.store.scan([join(here.path, 'never-there')]).result).rejects.toMatchObject({
      code: 'io.not-found',
    });
  });

  it('takes an empty mount point for a drive that is not connected', async () => {
    await using here = await scene();
    await here.scan();
    // The number of a drive is what the system says; that of the recorded drive is another one now.
    await using database = await here.state();
    await database.run("update scan_files set device = '99999' where path like '%styles%'");
    await rm(join(here.models, 'Lora', 'styles', 'other.safetensors'));
    const report = await here.scan();
    expect(counts(report)).toEqual({ ...nothing, total: 2 });
    expect(report.offline).toBe(1);
    await writeFile(join(here.models, 'Lora', 'styles', 'other.safetensors'), other);
    expect(counts(await here.scan())).toMatchObject({ total: 3, missing: 0, added: 0 });
  });

  it('leaves to verify what was never scanned again: gone, of another size, in place of a folder', async () => {
    await using here = await scene();
    await here.scan();
    await rm(join(here.models, 'VAE', 'sd.safetensors'));
    await mkdir(join(here.models, 'VAE', 'sd.safetensors'));
    await writeFile(join(here.models, 'Lora', 'line art (v2).safetensors'), 'short');
    await rm(join(here.models, 'Lora', 'styles', 'other.safetensors'));
    for (const depth of ['size', 'hash'] as const) {
      const { problems, bytesHashed } = await here.store.verify({ depth });
      expect(problems.map(({ file, problem }) => `${file ?? ''} ${problem}`).toSorted()).toEqual([
        'line art (v2).safetensors diverged',
        'other.safetensors missing',
        'sd.safetensors missing',
      ]);
      expect(bytesHashed > 0).toBe(depth === 'hash');
    }
  });

  it('reports what is there twice, with both paths, and makes no second model of it', async () => {
    await using here = await scene();
    await writeFile(join(here.models, 'copy.safetensors'), lora);
    await link(join(here.models, 'VAE', 'sd.safetensors'), join(here.models, 'VAE', 'same inode.safetensors'));
    const report = await here.scan();
    expect(report.added).toHaveLength(3);
    const first = join(here.models, 'Lora', 'line art (v2).safetensors');
    expect(report.duplicates.map(({ path, sameAs }) => [path, sameAs].toSorted())).toEqual(
      expect.arrayContaining([
        [first, join(here.models, 'copy.safetensors')].toSorted(),
        [join(here.models, 'VAE', 'same inode.safetensors'), join(here.models, 'VAE', 'sd.safetensors')],
      ]),
    );
    const again = await here.scan();
    expect(again).toMatchObject({ added: [], hashesComputed: 0, total: 5 });
    expect(again.duplicates.toSorted(byPath)).toEqual(report.duplicates.toSorted(byPath));
    // The library has it now, and the file that was adopted is there twice.
    await here.store.import([join(here.models, 'VAE', 'sd.safetensors')]).result;
    expect(await here.store.index.stats()).toMatchObject({ models: 3 });
    expect(counts(await here.scan())).toEqual({ ...nothing, total: 5, duplicates: 3 });
    await rm(join(here.models, 'copy.safetensors'));
    const { duplicates } = await here.scan();
    expect(duplicates.some(({ path }) => path.endsWith('copy.safetensors'))).toBe(false);
  });

  it('makes one model of shards and of a pipeline, and says what they lack', async () => {
    await using here = await scene();
    await writeRepo(join(here.models, 'llm', 'tiny-llama'), 'acme/tiny-llama-sharded');
    await writeRepo(join(here.models, 'diffusers', 'tiny'), 'acme/tiny-diffusers');
    const report = await here.scan();
    expect(report.added).toHaveLength(5);
    const { records } = await here.store.index.list();
    const pipeline = records.find(({ format }) => format === 'diffusers');
    expect(pipeline).toMatchObject({ officialName: 'tiny', type: 'checkpoint', family: 'flux1', complete: true });
    expect(here.store.folderOf(pipeline ?? { slug: '' })).toBe(join(here.models, 'diffusers', 'tiny'));
    const llm = records.find(({ type }) => type === 'llm');
    expect(llm).toMatchObject({ officialName: 'tiny-llama', complete: true });
    expect(llm?.files.map(({ role }) => role)).toContain('tokenizer');

    const [shard] = llm?.files.filter(({ role }) => role === 'weights') ?? [];
    const part = pipeline?.files.find(({ name, role }) => role === 'weights' && name.startsWith('vae/'))?.name ?? '';
    await rm(join(here.models, 'llm', 'tiny-llama', shard?.name ?? ''));
    await rename(join(here.models, 'diffusers', 'tiny', part), join(here.path, 'part'));
    expect(counts(await here.scan())).toMatchObject({ added: 0, missing: 0, updated: 2 });
    expect(await here.store.index.get(llm?.id ?? '')).toMatchObject({ complete: false });
    await rename(join(here.path, 'part'), join(here.models, 'diffusers', 'tiny', part));
    expect(counts(await here.scan())).toMatchObject({ added: 0, updated: 1 });
    expect(await here.store.index.get(pipeline?.id ?? '')).toMatchObject({ files: pipeline?.files });
    await rename(join(here.models, 'diffusers', 'tiny'), join(here.models, 'diffusers', 'small'));
    expect(counts(await here.scan())).toMatchObject({ ...nothing, moved: 1 });
    expect(counts(await here.scan())).toMatchObject(nothing);
  });

  it('leaves libraries, links out, loops, hidden folders and unusable names alone, and says so', async () => {
    await using here = await scene();
    await mkdir(join(here.models, '.cache'));
    await writeFile(join(here.models, '.cache', 'x.safetensors'), lora);
    await symlink(here.models, join(here.models, 'circle'));
    await symlink('/etc', join(here.models, 'etc'));
    await symlink(join(here.models, 'nowhere'), join(here.models, 'dangling.safetensors'));
    await symlink(join(here.models, 'VAE', 'sd.safetensors'), join(here.models, 'again.safetensors'));
    await writeFile(join(here.path, 'out.safetensors'), buildFluxModel({ scale: 0.1 }));
    await symlink(join(here.path, 'out.safetensors'), join(here.models, 'out.safetensors'));
    await writeFile(join(here.models, 'a:b.safetensors'), other);
    await writeFile(join(here.models, 'a\nb.safetensors'), other);
    const inner = await openTestStore({ root: join(here.models, 'inner') });
    await inner.import([join(here.models, 'VAE', 'sd.safetensors')]).result;
    await inner.close();
    for (const added of [3, 0]) {
      const report = await here.scan();
      expect(report.added).toHaveLength(added);
      expect(report.errors.map(({ path, code }) => [path, code])).toEqual([
        [join(here.models, 'a:b.safetensors'), 'library.unsafe-name'],
      ]);
      expect(report.skipped.map(({ path }) => path.slice(here.models.length + 1)).toSorted()).toEqual(
        ['.cache', 'a\nb.safetensors', 'circle', 'dangling.safetensors', 'etc', 'inner', 'out.safetensors'].toSorted(),
      );
    }
    await expect(here.store.scan([join(here.store.root, 'lora')]).result).rejects.toMatchObject({
      code: 'io.not-found',
    });
    for (const root of [here.store.root, join(here.store.root, 'blobs'), '', join(here.path, 'out.safetensors')]) {
      await expect(here.store.scan([root]).result).rejects.toMatchObject({ code: 'core.invalid-argument' });
    }
  });

  it('refuses the home folder and what holds it, unless that is wanted', async () => {
    await using here = await scene();
    for (const root of ['/', homedir(), dirname(homedir())]) {
      await expect(here.store.scan([here.models, root]).result).rejects.toMatchObject({
        code: 'library.too-wide',
        facts: { home: homedir() },
      });
    }
    const home = join(here.models, 'VAE');
    await expect(refuseWide(nodeFileSystem, here.models, home)).rejects.toMatchObject({ facts: { home } });
    await refuseWide(nodeFileSystem, join(here.models, 'Lora'), home);
    await expect(refuseWide(nodeFileSystem, here.path, join(here.path, 'nobody'))).rejects.toThrow('home folder');
    const { added } = await here.store.scan([here.models], { wide: true }).result;
    expect(added).toHaveLength(3);
  });

  it('of the folder around the library and of folders within each other finds everything once', async () => {
    await using here = await scene();
    await here.store.import([join(here.models, 'VAE')]).result;
    const report = await here.store.scan([here.path, here.models, join(here.models, 'Lora')]).result;
    expect(report.roots).toEqual([{ path: here.path, state: 'scanned' }]);
    expect(counts(report)).toMatchObject({ total: 3, added: 2, duplicates: 1 });
  });

  it('of an app looks at the folders with its models only', async () => {
    await using here = await scene();
    const app = join(here.path, 'ComfyUI');
    for (const name of ['models/loras', 'custom_nodes/x', 'venv/lib', 'output'])
      await mkdir(join(app, name), { recursive: true });
    await writeFile(join(app, 'main.py'), '');
    await writeFile(join(app, 'models/loras/line.safetensors'), lora);
    await writeFile(join(app, 'custom_nodes/x/weights.pth'), other);
    await writeFile(join(app, 'venv/lib/test.bin'), vae);
    const report = await here.store.scan([app]).result;
    expect(report.roots).toEqual([{ path: join(app, 'models'), state: 'scanned' }]);
    expect(counts(report)).toMatchObject({ total: 1, added: 1 });
  });

  it('does not read files over the limit, until it is raised', async () => {
    await using here = await scene();
    const limit = vae.byteLength - 1;
    const report = await here.scan({ maxHashBytes: limit });
    const skipped = [lora, other, vae].filter((bytes) => bytes.byteLength > limit).length;
    expect(report.hashesSkipped).toHaveLength(skipped);
    expect(report.added).toHaveLength(3 - skipped);
    expect((await here.scan({ maxHashBytes: limit })).hashesSkipped).toHaveLength(skipped);
    expect((await here.scan()).added).toHaveLength(skipped);
  });

  it('knows everything without reading it where the state of this machine was lost', async () => {
    await using here = await scene();
    await here.scan();
    await here.store.close();
    for (const name of await readdir(join(here.store.root, '.modelkeep'))) {
      if (name.startsWith('state.db')) await rm(join(here.store.root, '.modelkeep', name));
    }
    await rm(join(here.models, 'VAE', 'sd.safetensors'));
    await using store = await openTestStore({ root: here.store.root });
    const report = await store.scan([here.models]).result;
    expect(counts(report)).toMatchObject({ added: 0, missing: 1 });
    expect(report.hashesComputed).toBeLessThan(2);
    expect(counts(await store.scan([here.models]).result)).toEqual({ ...nothing, total: 2 });
  });

  it('with a damaged state database goes on with a new one', async () => {
    await using here = await scene();
    await here.store.close();
    await writeFile(
      join(here.store.root, '.modelkeep', 'state.db'),
      'this is no database, and long enough to be looked at',
    );
    await using store = await openTestStore({ root: here.store.root });
    expect(counts(await store.scan([here.models]).result)).toMatchObject({ added: 3 });
  });

  it('given up half-way keeps the hashes that it has', async () => {
    await using here = await scene();
    const abort = new AbortController();
    const reason = new Error('enough');
    const operation = here.store.scan([here.models], { signal: abort.signal });
    operation.progress.subscribe(({ filesDone }) => (filesDone === 3 ? abort.abort(reason) : undefined));
    await expect(operation.result).rejects.toBe(reason);
    const report = await here.scan();
    expect(report.added).toHaveLength(3);
    expect(report.hashesComputed).toBeLessThan(5);
    expect(report.hashesComputed + report.hashesReused).toBe(5);
  });

  it('refuses a library that is open for reading', async () => {
    await using here = await scene();
    await here.store.close();
    await using store = await openTestStore({ root: here.store.root, mode: 'read' });
    await expect(store.scan([here.models]).result).rejects.toMatchObject({ code: 'library.read-only' });
  });
});

/** Every file of a library with what changes when it is written; locks are not what is meant. */
async function stampsBelow(root: string): Promise<string[]> {
  const stamps: string[] = [];
  for (const name of await readdir(root, { recursive: true })) {
    const status = await stat(join(root, name));
    if (status.isFile() && !name.includes('locks'))
      stamps.push(`${name} ${status.size} ${status.mtimeMs} ${status.ino}`);
  }
  return stamps.toSorted();
}
