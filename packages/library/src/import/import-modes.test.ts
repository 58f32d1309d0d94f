import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelkeepError } from '@modelkeep/core';
import { nodeFileSystem, type FileSystem } from '@modelkeep/io';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { writeRepo } from '../repo.test-helper.ts';
import { sha256Of, writeCachedCommit, writeOllamaModel } from '../stores/stores.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const commit = 'c'.repeat(40);

/** A drive that cannot clone, whatever the test's own can. */
const noClones: FileSystem = {
  ...nodeFileSystem,
  reflink: (_existing, path) =>
    Promise.reject(
      new ModelkeepError('io.failed', {
        message: 'no clones here',
        facts: { path, systemCode: 'EOPNOTSUPP', operation: 'clone' },
      }),
    ),
};

describe('an import by link', () => {
  it('adopts files where they are, where the drive cannot clone, and a second run changes nothing', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library'), fileSystem: noClones });
    const models = join(folder.path, 'models');
    await writeRepo(join(models, 'tiny'), 'acme/tiny-diffusers');
    await writeFile(join(folder.path, 'my lora.safetensors'), lora);
    await symlink(join(folder.path, 'my lora.safetensors'), join(folder.path, 'named.safetensors'));
    const paths = [models, join(folder.path, 'named.safetensors')];
    const report = await store.import(paths, { mode: 'link' }).result;
    expect(report).toMatchObject({ bytesCopied: 0, bytesMoved: 0, errors: [] });
    expect(report.models.map(({ format, place }) => [format, place.kind])).toEqual([
      ['diffusers', 'external'],
      ['safetensors', 'external'],
    ]);
    expect(report.bytesSaved).toBe(report.models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    expect(await readdir(join(store.root, 'blobs/sha256'))).toEqual([]);
    expect((await store.verify()).problems).toEqual([]);
    const again = await store.import(paths, { mode: 'link' }).result;
    expect(again.models).toEqual(report.models);
    // A scan of the folder knows them already.
    const scanned = await store.scan([models]).result;
    expect([scanned.added, scanned.updated, scanned.hashesComputed]).toEqual([[], [], 0]);
  });

  it('clones where the drive can: a file of ours that shares the bytes', async () => {
    await using folder = await tempFolder();
    const clones: string[] = [];
    const cloning: FileSystem = {
      ...nodeFileSystem,
      async reflink(existing, path) {
        clones.push(existing);
        await nodeFileSystem.writeFile(path, { data: await readFile(existing) });
      },
    };
    await using store = await openTestStore({ root: join(folder.path, 'library'), fileSystem: cloning });
    const path = join(folder.path, 'line.safetensors');
    await writeFile(path, lora);
    const { models } = await store.import([path], { mode: 'link' }).result;
    expect(clones).toContain(path);
    expect(models[0]?.place).toEqual({ kind: 'library' });
    const blob = await stat(join(store.root, 'blobs/sha256', sha256Of(lora)));
    expect(blob.ino).not.toBe((await stat(path)).ino);
    expect(await readdir(store.layout.temp)).toEqual([]);
  });
});

describe('an import of what another tool keeps', () => {
  it('adopts it where it is, with what the tool knows', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const cache = join(folder.path, '.cache', 'huggingface', 'hub');
    await writeCachedCommit(cache, { repo: 'acme/lines', commit, refs: ['main'], files: { 'line.safetensors': lora } });
    await writeOllamaModel(join(folder.path, '.ollama', 'models'), 'library/odd:1b', [{ kind: 'model', bytes: vae }]);
    // Besides, a file that nobody keeps: it is copied as ever.
    await writeFile(join(cache, 'loose.safetensors'), buildFluxLora({ scale: 0.02, fillSeed: 5 }));
    const report = await store.import([cache, join(folder.path, '.ollama', 'models')]).result;
    expect(report.models.map(({ place, sources }) => [place.kind, sources[0]?.provider, sources[0]?.repo])).toEqual([
      ['external', 'hf', 'acme/lines'],
      ['external', 'ollama', 'library/odd'],
      ['library', 'local', null],
    ]);
    // And what stands beside it.
    expect(report.bytesCopied).toBe(lora.byteLength + (await stat(join(cache, 'CACHEDIR.TAG'))).size);
    expect(await readdir(join(store.root, 'blobs/sha256'))).toHaveLength(2);
  });

  it('copies it where that is asked for, with what the tool knows, and refuses what is damaged', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const cache = join(folder.path, 'hub');
    const files = { 'line.safetensors': lora, 'README.md': '# lines', 'vae.safetensors': vae };
    const repo = await writeCachedCommit(cache, { repo: 'acme/lines', commit, refs: ['main'], files });
    await writeFile(join(repo, 'blobs', sha256Of(vae)), Buffer.from(vae).fill(1, 9_000, 9_001));
    const report = await store.import([cache], { mode: 'copy' }).result;
    expect(report.models).toMatchObject([
      {
        officialName: 'line',
        place: { kind: 'library' },
        sourceGroup: 'hf:acme/lines',
        sources: [{ provider: 'hf', repo: 'acme/lines', commit, revision: 'main', path: 'line.safetensors' }],
      },
    ]);
    expect(report.errors).toMatchObject([{ code: 'library.damaged-entry' }]);
    expect((await store.verify()).problems).toEqual([]);
  });

  it('joins what a copy in the library is from', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    await writeFile(join(folder.path, 'mine.safetensors'), lora);
    const { models } = await store.import([join(folder.path, 'mine.safetensors')]).result;
    const cache = join(folder.path, 'hub');
    await writeCachedCommit(cache, { repo: 'acme/lines', commit, refs: ['v1'], files: { 'line.safetensors': lora } });
    const report = await store.scan([cache]).result;
    expect(report.duplicates).toMatchObject([{ modelId: models[0]?.id, sizeBytes: lora.byteLength }]);
    expect(
      (await store.index.get(models[0]?.id ?? ''))?.sources.map(({ provider, revision }) => [provider, revision]),
    ).toEqual([
      ['local', null],
      ['hf', 'v1'],
    ]);
  });
});

describe('what cannot be read', () => {
  const refusal = (path: string): ModelkeepError =>
    new ModelkeepError('io.permission', { message: `not permitted: ${path}`, facts: { path } });

  it.each(['copy', 'move', 'link'] as const)(
    'does not end an import by %s: it is named, and the rest comes in',
    async (mode) => {
      await using folder = await tempFolder();
      const models = join(folder.path, 'models');
      await mkdir(join(models, 'closed'), { recursive: true });
      await writeFile(join(models, 'closed', 'x.safetensors'), vae);
      await writeFile(join(models, 'good.safetensors'), lora);
      await writeFile(join(models, 'bad.safetensors'), vae);
      const closed = [join(models, 'closed'), join(models, 'bad.safetensors')];
      const guarded =
        <A extends readonly unknown[], T>(call: (path: string, ...rest: A) => Promise<T>) =>
        async (path: string, ...rest: A): Promise<T> => {
          if (closed.includes(path)) throw refusal(path);
          return call(path, ...rest);
        };
      const fileSystem: FileSystem = {
        ...noClones,
        readdir: guarded((path) => nodeFileSystem.readdir(path)),
        stat: guarded((path) => nodeFileSystem.stat(path)),
      };
      await using store = await openTestStore({ root: join(folder.path, 'library'), fileSystem });
      const report = await store.import([models], { mode }).result;
      expect(report.models.map(({ officialName }) => officialName)).toEqual(['good']);
      expect(report.errors.map(({ path, code }) => `${code} ${path}`).toSorted()).toEqual(
        closed.map((path) => `io.permission ${path}`).toSorted(),
      );
      await rename(join(models, 'bad.safetensors'), join(models, 'mended.safetensors'));
      const second = await store.import([models], { mode }).result;
      expect(second.models.map(({ officialName }) => officialName)).toContain('mended');
    },
  );

  it('throws where nothing at all could be read of what was given', async () => {
    await using folder = await tempFolder();
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      readdir: (path) => (path.endsWith('models') ? Promise.reject(refusal(path)) : nodeFileSystem.readdir(path)),
    };
    await using store = await openTestStore({ root: join(folder.path, 'library'), fileSystem });
    await mkdir(join(folder.path, 'models'));
    await expect(store.import([join(folder.path, 'models')]).result).rejects.toMatchObject({ code: 'io.permission' });
  });
});
