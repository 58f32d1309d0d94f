import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { lstat, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeFileSystem, probeLinks } from '@modelkeep/io';
import { buildFluxLora, buildFluxModel, buildPickleCheckpoint, buildVae } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { writeRepo } from '../repo.test-helper.ts';

const lora = buildFluxLora();
const loraSha256 = createHash('sha256').update(lora).digest('hex');

describe('an imported file', () => {
  it('becomes a blob under its hash, a model folder and a record', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'Thick Line.safetensors'), lora);
    const { models, bytesCopied } = await store.import([join(folder.path, 'Thick Line.safetensors')]).result;
    expect(bytesCopied).toBe(lora.byteLength);
    const [model] = models;
    expect(model).toMatchObject({
      slug: 'lora/flux1/thick-line',
      officialName: 'Thick Line',
      cleanedName: 'Thick-Line',
      type: 'lora',
      family: 'flux1',
      format: 'safetensors',
      complete: true,
      revision: 1,
      files: [
        { name: 'Thick-Line.safetensors', officialName: 'Thick Line.safetensors', sha256: loraSha256, role: 'weights' },
      ],
      sources: [{ provider: 'local', path: join(folder.path, 'Thick Line.safetensors') }],
    });
    const blob = await stat(join(store.root, 'blobs', 'sha256', loraSha256));
    expect(blob.mode & 0o777).toBe(0o444);
    const file = await stat(join(store.root, 'lora/flux1/thick-line/Thick-Line.safetensors'));
    const { reflink } = await probeLinks(nodeFileSystem, folder.path);
    if (reflink) expect([file.nlink, blob.nlink]).toEqual([1, 1]);
    else expect([file.ino, file.nlink]).toEqual([blob.ino, 2]);
    expect((await stat(join(folder.path, 'Thick Line.safetensors'))).ino).not.toBe(blob.ino);

    const metadata = JSON.parse(
      await readFile(join(store.root, 'lora/flux1/thick-line/metadata.json'), 'utf8'),
    ) as object;
    expect(metadata).toMatchObject({
      schema: 1,
      id: model?.id,
      type: 'lora',
      family: 'flux1',
      layers: { scan: { facts: { type: 'lora' } } },
    });
    expect(await store.resolve(model?.id ?? '')).toEqual(model);
    expect(await store.resolve('lora/flux1/thick-line')).toEqual(model);
  });

  it('reports progress up to the end', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'a.safetensors'), lora);
    const operation = store.import([join(folder.path, 'a.safetensors')]);
    await operation.result;
    expect(operation.progress.current).toMatchObject({
      phase: 'done',
      fraction: 1,
      bytesDone: lora.byteLength,
      filesDone: 1,
    });
  });

  it('with the same content under another name adds a source and stores nothing', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'a.safetensors'), lora);
    await writeFile(join(folder.path, 'b.safetensors'), lora);
    const first = await store.import([join(folder.path, 'a.safetensors')]).result;
    const second = await store.import([join(folder.path, 'b.safetensors')]).result;
    expect(second.models[0]?.id).toBe(first.models[0]?.id);
    expect(second).toMatchObject({ bytesCopied: 0, bytesSaved: lora.byteLength });
    expect(second.models[0]).toMatchObject({ revision: 2, files: [{ name: 'a.safetensors' }] });
    expect(second.models[0]?.sources).toHaveLength(2);
    const third = await store.import([join(folder.path, 'b.safetensors')]).result;
    expect(third.models[0]?.revision).toBe(2);
  });

  it('with other content and the same name gets a folder of its own', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const other = buildFluxLora({ fillSeed: 7 });
    for (const [place, bytes] of [
      ['x', lora],
      ['y', other],
    ] as const) {
      await mkdir(join(folder.path, place));
      await writeFile(join(folder.path, place, 'same.safetensors'), bytes);
    }
    const { models } = await store.import([
      join(folder.path, 'x', 'same.safetensors'),
      join(folder.path, 'y', 'same.safetensors'),
    ]).result;
    const hash = createHash('sha256').update(other).digest('hex').slice(0, 8);
    expect(models.map(({ slug }) => slug)).toEqual(['lora/flux1/same', `lora/flux1/same-${hash}`]);
    expect((await store.verify()).problems).toEqual([]);
  });

  it('of a broken or unknown format is kept as unknown, with the reason', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'cut.safetensors'), lora.subarray(0, lora.byteLength - 10));
    await writeFile(join(folder.path, 'noise.bin'), Buffer.from('this is no model'));
    await writeFile(join(folder.path, 'old.ckpt'), buildPickleCheckpoint());
    const { models } = await store.import(
      ['cut.safetensors', 'noise.bin', 'old.ckpt'].map((name) => join(folder.path, name)),
    ).result;
    expect(models.map(({ type, format }) => [type, format])).toEqual([
      ['unknown', 'unknown'],
      ['unknown', 'unknown'],
      ['unknown', 'pickle'],
    ]);
    const metadata = JSON.parse(await readFile(join(store.root, models[0]?.slug ?? '', 'metadata.json'), 'utf8')) as {
      layers: { scan: { evidence: string[] } };
    };
    expect(metadata.layers.scan.evidence.join()).toMatch(/ends|size|offset|bytes/);
    expect((await store.verify()).problems).toEqual([]);
  });
});

describe('an imported folder', () => {
  it('of shards is one model with its companions, and says what is missing', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const source = join(folder.path, 'tiny-llama');
    await writeRepo(source, 'acme/tiny-llama-sharded');
    const { models } = await store.import([source]).result;
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({ type: 'llm', officialName: 'tiny-llama', complete: true });
    expect(models[0]?.expectedFiles).toHaveLength(3);
    expect(models[0]?.files.map(({ role }) => role).toSorted()).toEqual(
      ['config', 'config', 'index', 'readme', 'tokenizer', 'tokenizer', 'weights', 'weights', 'weights'].toSorted(),
    );

    const partial = join(folder.path, 'partial');
    await mkdir(partial);
    await writeFile(join(partial, 'x-00001-of-00002.safetensors'), lora);
    const incomplete = await store.import([partial]).result;
    expect(incomplete.models[0]).toMatchObject({
      complete: false,
      expectedFiles: ['x-00001-of-00002.safetensors', 'x-00002-of-00002.safetensors'],
    });
  });

  it('of diffusers is one model, a checkpoint, with the paths of its parts', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const source = join(folder.path, 'tiny-diffusers');
    await writeRepo(source, 'acme/tiny-diffusers');
    const { models } = await store.import([source]).result;
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({
      type: 'checkpoint',
      family: 'flux1',
      format: 'diffusers',
      officialName: 'tiny-diffusers',
    });
    expect(models[0]?.files.map(({ name }) => name)).toContain('transformer/diffusion_pytorch_model.safetensors');
    expect((await lstat(join(store.folderOf(models[0] ?? { slug: '' }), 'vae', 'config.json'))).isFile()).toBe(true);
  });

  it('with quantisations: variants of one model, and the projector beside them', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const source = join(folder.path, 'gguf');
    await writeRepo(source, 'acme/tiny-llama-gguf');
    const { models } = await store.import([source]).result;
    const quantised = models.filter(({ type }) => type === 'llm');
    expect(new Set(quantised.map(({ quantisation }) => quantisation))).toEqual(new Set(['Q4_K_M', 'Q5_K_M', 'Q8_0']));
    const projector = models.find(({ type }) => type === 'mmproj');
    expect(quantised.every(({ companions }) => companions[0]?.id === projector?.id)).toBe(true);
  });

  it('skips what leads nowhere or in circles, and follows links to files', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const source = join(folder.path, 'models');
    await mkdir(join(source, 'real'), { recursive: true });
    await writeFile(join(source, 'real', 'vae.safetensors'), buildVae({ kind: 'flux' }));
    await writeFile(join(source, '.hidden.safetensors'), lora);
    await symlink(join(source, 'real', 'vae.safetensors'), join(source, 'linked.safetensors'));
    await symlink(source, join(source, 'real', 'circle'));
    await symlink(join(source, 'nothing'), join(source, 'dangling.safetensors'));
    await symlink(join(source, 'loop'), join(source, 'loop'));
    const { models, skipped } = await store.import([source]).result;
    expect(new Set(models.map(({ id }) => id)).size).toBe(1);
    expect(skipped.map(({ path, reason }) => [path.slice(source.length + 1), reason])).toEqual([
      ['dangling.safetensors', 'a link that leads nowhere'],
      ['loop', 'a link that leads nowhere'],
      ['real/circle', 'a link to a folder'],
    ]);
  });

  it('leaves libraries in it alone, its own and others, and what is no file', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'a.safetensors'), lora);
    await promisify(execFile)('mkfifo', [join(folder.path, 'pipe.safetensors')]);
    const { models, skipped } = await store.import([folder.path]).result;
    expect(models.map((model) => model.files.map(({ name }) => name))).toEqual([['a.safetensors']]);
    expect(skipped.map(({ path }) => path)).toEqual([store.root, join(folder.path, 'pipe.safetensors')]);
    await expect(store.import([join(folder.path, 'pipe.safetensors')]).result).rejects.toMatchObject({
      code: 'library.nothing-to-import',
    });
    await expect(store.import(['']).result).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });

  it('again brings back a file that was removed from a model', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'a.safetensors'), lora);
    await store.import([join(folder.path, 'a.safetensors')]).result;
    await rm(join(store.root, 'lora/flux1/a/a.safetensors'));
    await store.import([join(folder.path, 'a.safetensors')]).result;
    expect((await store.verify()).problems).toEqual([]);
  });

  it('without models is refused, and a path that is not there is named', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'README.md'), '# nothing');
    await expect(store.import([join(folder.path, 'README.md')]).result).rejects.toMatchObject({
      code: 'library.nothing-to-import',
    });
    await expect(store.import([join(folder.path, 'gone')]).result).rejects.toMatchObject({
      code: 'io.not-found',
      facts: { path: join(folder.path, 'gone') },
    });
  });

  it('given up half-way leaves the library as it was', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const source = join(folder.path, 'models');
    await mkdir(source);
    await writeFile(join(source, 'a.safetensors'), lora);
    await writeFile(join(source, 'b.safetensors'), buildFluxModel({ scale: 0.2 }));
    const abort = new AbortController();
    const reason = new Error('enough');
    const operation = store.import([source], { signal: abort.signal });
    operation.progress.subscribe(({ filesDone }) => (filesDone === 1 ? abort.abort(reason) : undefined));
    await expect(operation.result).rejects.toBe(reason);
    expect(await store.index.stats()).toMatchObject({ models: 0 });
    expect((await store.import([source]).result).models).toHaveLength(2);
  });
});
