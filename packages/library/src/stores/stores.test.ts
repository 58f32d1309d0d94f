import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import { buildFluxLora, buildMmprojGguf, buildVae, demoRepos } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import type { LibraryStore } from '../open-library-store.ts';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';
import { sha256Of, writeCachedCommit, writeOllamaModel } from './stores.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const gguf = demoFiles('acme/tiny-llama-gguf')['tiny-llama-Q4_K_M.gguf'] ?? new Uint8Array();
const first = '1'.repeat(40);
const second = '2'.repeat(40);

async function modelsOf(store: LibraryStore): Promise<readonly ModelRecord[]> {
  return (await store.index.list({ limit: 500 })).records;
}

/** The files of a demo repo by their paths. */
function demoFiles(id: string): Record<string, Uint8Array> {
  const files = demoRepos({ scale: 0.1 }).find((repo) => repo.id === id)?.files ?? [];
  return Object.fromEntries(files.map(({ path, content }) => [path, content as Uint8Array]));
}

const settled = { added: [], updated: [], moved: [], missing: [], returned: [], errors: [], hashesComputed: 0 };

describe('a cache of Hugging Face', () => {
  it.each(['links', 'plain', 'shared'] as const)(
    'laid out with %s is adopted with repo, revision and commit',
    async (layout) => {
      await using folder = await tempFolder();
      await using store = await openTestStore({ root: join(folder.path, 'library') });
      const cache = join(folder.path, 'huggingface', 'hub');
      const files = { 'style/line.safetensors': lora, 'README.md': '# lines', 'style/config.json': '{}' };
      const repoFolder = await writeCachedCommit(cache, {
        repo: 'acme/lines',
        commit: first,
        refs: ['main'],
        files,
        layout,
      });
      const report = await store.scan([cache]).result;
      expect(report).toMatchObject({ errors: [], total: 1, hashesComputed: 3 });
      expect(await readdir(join(store.root, 'blobs/sha256'))).toEqual([]);
      const [model] = await modelsOf(store);
      const source = { provider: 'hf', endpoint: null, repo: 'acme/lines', revision: 'main', commit: first };
      expect(model).toMatchObject({
        type: 'lora',
        officialName: 'line',
        sourceGroup: 'hf:acme/lines',
        sources: [{ ...source, path: 'style/line.safetensors' }],
        place: { kind: 'external' },
      });
      expect(model?.files.map(({ name }) => name)).toEqual(['line.safetensors', 'config.json']);
      const [weights] = model?.files ?? [];
      expect(weights).toMatchObject({ sha256: sha256Of(lora), source: { ...source, path: 'style/line.safetensors' } });
      const inRepo = { links: `blobs/${sha256Of(lora)}`, plain: undefined, shared: undefined }[layout];
      if (inRepo !== undefined) {
        expect(weights?.at).toBe(inRepo);
        expect(store.folderOf(model ?? { slug: '' })).toBe(repoFolder);
      }
      expect((await store.verify()).problems).toEqual([]);
      expect(await store.scan([cache]).result).toMatchObject({ ...settled, total: 1 });

      await rm(repoFolder, { recursive: true });
      await rm(join(cache, 'blobs'), { recursive: true, force: true });
      expect((await store.scan([cache]).result).missing).toMatchObject([{ id: model?.id }]);
    },
  );

  it('with several revisions gives one model, all its sources, and the small files of the branch', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const cache = join(folder.path, 'hub');
    const repo = 'acme/lines';
    await writeCachedCommit(cache, {
      repo,
      commit: first,
      files: { 'line.safetensors': lora, 'config.json': '{"old": 1}' },
    });
    await writeCachedCommit(cache, {
      repo,
      commit: second,
      refs: ['main', 'refs/pr/1'],
      files: { 'line.safetensors': lora, 'config.json': '{"new": 1}', 'vae.safetensors': vae },
    });
    // Only a repo's folder, and the one above it, are given as well.
    for (const root of [join(cache, 'models--acme--lines'), cache, folder.path]) await store.scan([root]).result;
    const models = await modelsOf(store);
    expect(models.map(({ type }) => type)).toEqual(['lora', 'vae']);
    expect(models[0]?.sources.map(({ commit, revision }) => [commit, revision])).toEqual([
      [second, 'main'],
      [first, first],
    ]);
    expect(models[0]?.files.find(({ name }) => name === 'config.json')?.sha256).toBe(sha256Of('{"new": 1}'));
    expect(await store.scan([cache]).result).toMatchObject({ ...settled, duplicates: [] });
  });

  it('keeps pipelines and shards together, opened as the folder that their names make', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const cache = join(folder.path, 'hub');
    for (const repo of ['acme/tiny-diffusers', 'acme/tiny-llama-sharded', 'acme/tiny-llama-gguf']) {
      await writeCachedCommit(cache, { repo, commit: first, refs: ['main'], files: demoFiles(repo) });
    }
    expect((await store.scan([cache]).result).errors).toEqual([]);
    const models = await modelsOf(store);
    const pipeline = models.find(({ format }) => format === 'diffusers');
    expect(pipeline).toMatchObject({ officialName: 'tiny-diffusers', complete: true, type: 'checkpoint' });
    expect(store.folderOf(pipeline ?? { slug: '' })).toBe(
      join(cache, 'models--acme--tiny-diffusers', 'snapshots', first),
    );
    expect(models.find(({ officialName }) => officialName === 'tiny-llama-sharded')).toMatchObject({ complete: true });
    const projector = models.find(({ type }) => type === 'mmproj');
    const quantised = models.filter(({ quantisation }) => quantisation?.startsWith('Q') === true);
    expect(quantised).toHaveLength(3);
    expect(quantised.every(({ companions }) => companions[0]?.id === projector?.id)).toBe(true);
    expect((await store.verify()).problems).toEqual([]);
    expect(await store.scan([cache]).result).toMatchObject(settled);
  });

  it('is believed only where that is asked for, and a damaged blob is nobody’s model', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const cache = join(folder.path, 'hub');
    const commit = { repo: 'acme/lines', commit: first, refs: ['main'], files: { 'line.safetensors': lora } };
    const repo = await writeCachedCommit(cache, commit);
    const damaged = Buffer.from(lora);
    damaged[damaged.length - 1] = 1 + (damaged.at(-1) ?? 0);
    await writeFile(join(repo, 'blobs', sha256Of(lora)), damaged);
    const report = await store.scan([cache]).result;
    expect(report.added).toEqual([]);
    expect(report.errors).toMatchObject([
      { code: 'library.damaged-entry', path: join(repo, 'snapshots', first, 'line.safetensors') },
    ]);

    await using trusting = await openTestStore({ root: join(folder.path, 'other') });
    const trusted = await trusting.scan([cache], { trustStores: true }).result;
    expect(trusted).toMatchObject({ hashesComputed: 0, errors: [] });
    expect(trusted.added).toHaveLength(1);
    expect((await trusting.verify()).problems).toMatchObject([{ problem: 'diverged' }]);
  });

  it('that is hostile gets nothing but reasons', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const cache = join(folder.path, 'hub');
    await writeFile(join(folder.path, 'secret.safetensors'), lora);
    const repo = await writeCachedCommit(cache, { repo: 'acme/x', commit: first, files: { 'ok.safetensors': vae } });
    const snapshot = join(repo, 'snapshots', first);
    await symlink(join(folder.path, 'secret.safetensors'), join(snapshot, 'out.safetensors'));
    await symlink('../../blobs/../../../secret.safetensors', join(snapshot, 'up.safetensors'));
    await symlink('/etc', join(snapshot, 'etc'));
    await symlink('loop.safetensors', join(snapshot, 'loop.safetensors'));
    await symlink('../../blobs/gone', join(snapshot, 'gone.safetensors'));
    await writeFile(join(snapshot, 'con.safetensors'), lora);
    await mkdir(join(repo, 'snapshots', '..evil'));
    await mkdir(join(cache, 'models--..--x', 'snapshots', first), { recursive: true });
    await writeFile(join(cache, 'models--..--x', 'snapshots', first, 'x.safetensors'), lora);
    await mkdir(join(cache, 'datasets--acme--d', 'snapshots', first), { recursive: true });
    await writeFile(join(cache, 'datasets--acme--d', 'snapshots', first, 'd.bin'), 'data');
    const report = await store.scan([cache]).result;
    expect(report.added.map(({ name }) => name)).toEqual(['ok']);
    expect(report.errors.map(({ path }) => path.slice(cache.length + 1)).toSorted()).toEqual(
      [
        'models--..--x',
        ...['con.safetensors', 'etc', 'gone.safetensors', 'loop.safetensors', 'out.safetensors', 'up.safetensors'].map(
          (name) => `models--acme--x/snapshots/${first}/${name}`,
        ),
        'models--acme--x/snapshots/..evil',
      ].toSorted(),
    );
  });
});

describe('a store of Ollama', () => {
  const parts = [
    { kind: 'model', bytes: gguf },
    { kind: 'projector', bytes: buildMmprojGguf({ projection: 128 }) },
    { kind: 'template', bytes: '{{ .Prompt }}' },
    { kind: 'system', bytes: 'You are brief.' },
    { kind: 'params', bytes: '{"stop": ["<|eot_id|>"], "num_ctx": 4096}' },
    { kind: 'license', bytes: 'a licence' },
    { kind: 'license', bytes: 'another licence' },
  ];

  it('is adopted with its names, tags and what goes with a model', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const models = join(folder.path, '.ollama', 'models');
    await writeOllamaModel(models, 'library/tiny:8b', parts);
    await writeOllamaModel(models, 'library/tiny:latest', [
      { kind: 'model', bytes: gguf },
      { kind: 'template', bytes: 'other' },
    ]);
    const report = await store.scan([models]).result;
    expect(report).toMatchObject({ errors: [], skipped: [], total: 2 });
    const records = await modelsOf(store);
    expect(records.map(({ type, officialName }) => [type, officialName])).toEqual([
      ['llm', 'tiny-8b'],
      ['mmproj', 'tiny-8b-mmproj'],
    ]);
    const [llm, projector] = records;
    expect(llm).toMatchObject({
      quantisation: 'Q4_K_M',
      sourceGroup: 'ollama:registry.ollama.ai/library/tiny',
      companions: [{ role: 'mmproj', id: projector?.id }],
      sources: [
        { provider: 'ollama', endpoint: 'https://registry.ollama.ai', repo: 'library/tiny', revision: '8b' },
        { provider: 'ollama', repo: 'library/tiny', revision: 'latest' },
      ],
    });
    expect(llm?.files.map(({ name, role, at }) => [name, role, at?.slice(0, 13)])).toEqual([
      ['tiny-8b.gguf', 'weights', 'blobs/sha256-'],
      ['LICENSE', 'licence', 'blobs/sha256-'],
      ['LICENSE-2', 'licence', 'blobs/sha256-'],
      ['params.json', 'config', 'blobs/sha256-'],
      ...['system', 'template'].map((name) => [name, 'other', 'blobs/sha256-']),
    ]);
    const { layers } = (await metadataOf(store, llm)) as { layers: { hub: object } };
    expect(layers.hub).toMatchObject({
      facts: { name: 'tiny:8b' },
      extra: {
        template: '{{ .Prompt }}',
        system: 'You are brief.',
        parameters: { num_ctx: 4096 },
        config: { model_family: 'llama', file_type: 'Q4_K_M' },
      },
    });
    expect((await store.verify()).problems).toEqual([]);
    // Ollama touches its blobs when it starts.
    for (const name of await readdir(join(models, 'blobs')))
      await utimes(join(models, 'blobs', name), new Date(), new Date());
    expect(await store.scan([models]).result).toMatchObject({
      ...settled,
      hashesComputed: expect.any(Number) as number,
    });
    expect(await store.scan([models]).result).toMatchObject({ ...settled, duplicates: [] });

    await rm(join(models, 'manifests'), { recursive: true });
    await mkdir(join(models, 'manifests'));
    expect((await store.scan([models]).result).missing).toHaveLength(2);
  });

  it('with forged manifests gets nothing but reasons', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const models = join(folder.path, 'models');
    await writeOllamaModel(models, 'library/good:latest', [{ kind: 'model', bytes: gguf }]);
    await writeFile(join(folder.path, 'secret'), lora);
    const manifests = join(models, 'manifests', 'registry.ollama.ai', 'library');
    const forge = async (name: string, text: string): Promise<void> => {
      await mkdir(join(manifests, name));
      await writeFile(join(manifests, name, 'latest'), text);
    };
    const layer = (digest: string, size: number): string =>
      JSON.stringify({ layers: [{ mediaType: 'application/vnd.ollama.image.model', digest, size }] });
    await forge('traversal', layer('sha256-../../../secret', lora.byteLength));
    await forge('absolute', layer('/etc/passwd', 1));
    await forge('size', layer(`sha256:${sha256Of(gguf)}`, 5));
    await forge('gone', layer(`sha256:${'0'.repeat(64)}`, 5));
    await forge('link', layer(`sha256:${'f'.repeat(64)}`, lora.byteLength));
    await symlink(join(folder.path, 'secret'), join(models, 'blobs', `sha256-${'f'.repeat(64)}`));
    await forge('json', '{"layers": [');
    await forge('shape', '{"layers": [{"digest": 5}], "__proto__": {"layers": []}}');
    await forge('empty', '{"layers": []}');
    await writeFile(join(models, 'manifests', 'registry.ollama.ai', 'stray'), '{}');
    await symlink('/etc', join(manifests, 'etc'));
    const report = await store.scan([models]).result;
    expect(report.added.map(({ name }) => name)).toEqual(['good-latest']);
    expect(report.errors.map(({ message }) => message).join('\n')).not.toContain('root:');
    expect(report.errors).toHaveLength(9);
    expect(report.skipped.length).toBeGreaterThan(0);
  });
});

describe('a folder of LM Studio', () => {
  it('tells the repos that its models are named after, and no other', async () => {
    await using folder = await tempFolder();
    await using store = await openTestStore({ root: join(folder.path, 'library') });
    const models = join(folder.path, 'models');
    const put = async (path: string, bytes: Uint8Array): Promise<void> => {
      await mkdir(join(models, path, '..'), { recursive: true });
      await writeFile(join(models, path), bytes);
    };
    await put('lmstudio-community/Tiny-Llama-8B-GGUF/Tiny-Llama-8B-Q4_K_M.gguf', gguf);
    await put('mine/things/line.safetensors', lora);
    await store.scan([models]).result;
    const records = await modelsOf(store);
    expect(records.map(({ sourceGroup, sources }) => [sourceGroup, sources[0]?.provider, sources[0]?.repo])).toEqual([
      [null, 'local', null],
      ['hf:lmstudio-community/Tiny-Llama-8B-GGUF', 'hf', 'lmstudio-community/Tiny-Llama-8B-GGUF'],
    ]);
    expect(await store.scan([models]).result).toMatchObject(settled);
  });
});

async function metadataOf(store: LibraryStore, model: ModelRecord | undefined): Promise<unknown> {
  return JSON.parse(await readFile(join(store.root, model?.slug ?? '', 'metadata.json'), 'utf8'));
}
