import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createIo, type Io } from '@modelkeep/io';
import { describe, expect, it } from 'vitest';
import { openWorkspace, openWorkspaceOn } from '../workspace/open-workspace.ts';
import { idsOf, lora, other, repo, scene, statesOf, text } from './repos.test-helper.ts';

describe('artifacts', () => {
  it('whose bytes are not what the hub promised are not here, and the others are', async () => {
    const lie = { path: 'tokens.json', content: text('{"b": 2}'), storage: 'lfs', sha256: 'a'.repeat(64) } as const;
    await using it = await scene({ ...repo, files: [...repo.files, lie] });
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const { failures } = await repos.sync(id).result;
    expect(failures).toMatchObject([{ path: 'tokens.json', error: { code: 'transfer.integrity' } }]);
    expect(statesOf(await repos.artifacts())).toEqual([
      ['README.md', 'completed'],
      ['conf/model.json', 'completed'],
      ['conf/old.json', 'completed'],
      ['line.safetensors', 'pending'],
      ['tokens.json', 'failed'],
    ]);
    const names = await readdir(`${it.root}/repos`, { recursive: true });
    expect(names.filter((name) => name.includes('tokens'))).toEqual([]);
  });

  it('that are not as they were fetched are found by a verification, and a sync mends them', async () => {
    await using it = await scene();
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const { artifacts } = await repos.sync(id).result;
    expect((await it.library.verify().result).repos).toEqual({ files: 3, bytesHashed: 13 + 8 + 2, problems: [] });
    const [readme, model, old] = artifacts;
    await writeFile(readme?.localPath ?? '', '# Thick limes');
    await writeFile(model?.localPath ?? '', '{}');
    await rm(old?.localPath ?? '');
    const quick = await it.library.verify({ depth: 'size' }).result;
    const told = ({ repos: { problems } }: typeof quick): unknown => problems.map((one) => [one.path, one.problem]);
    expect(told(quick)).toEqual([
      ['conf/model.json', 'size'],
      ['conf/old.json', 'missing'],
    ]);
    const deep = await it.library.verify().result;
    const all = [
      ['README.md', 'corrupt'],
      ['conf/model.json', 'size'],
      ['conf/old.json', 'missing'],
    ];
    expect(told(deep)).toEqual(all);
    // It is told until it is mended, and a look at sizes does not take it for mended.
    expect(told(await it.library.verify({ depth: 'size' }).result)).toEqual(all.slice(1));
    expect(told(await it.library.verify().result)).toEqual(all);
    expect(deep.problems).toEqual([]);
    expect(await repos.artifacts({ status: 'pending' })).toHaveLength(4);
    expect((await repos.sync(id).result).failures).toEqual([]);
    expect(await readFile(readme?.localPath ?? '', 'utf8')).toBe('# Thick lines');
    expect((await it.library.verify().result).repos).toMatchObject({ files: 3, problems: [] });
  });

  it('that a verification found damaged are mended by a repair later, or by whoever puts them back', async () => {
    await using it = await scene();
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const [readme, model, old] = (await repos.sync(id).result).artifacts.map(({ localPath }) => localPath ?? '');
    await writeFile(readme ?? '', '# Thick limes');
    await writeFile(model ?? '', '{}');
    await rm(old ?? '');
    // Whatever tells of them first.
    expect(await repos.artifacts({ status: 'pending' })).toHaveLength(3);
    expect((await it.library.verify().result).repos.problems).toHaveLength(3);
    await writeFile(readme ?? '', '# Thick lines');
    const { repos: mended } = await it.library.repair().result;
    expect(mended.repaired.map(({ path }) => path)).toEqual(['conf/model.json', 'conf/old.json']);
    expect(mended.failures).toEqual([]);
    expect(await repos.artifacts({ status: 'completed' })).toHaveLength(3);
    expect((await it.library.verify().result).repos).toMatchObject({ files: 3, problems: [] });

    // What cannot be had stays what it is, and nothing is left of it when the repo is forgotten.
    await writeFile(model ?? '', '[]');
    await it.library.verify().result;
    it.hub.changeRepo('acme/lora', { gated: 'auto' });
    expect((await it.library.repair().result).repos.failures).toMatchObject([{ path: 'conf/model.json' }]);
    expect((await it.library.verify().result).repos.problems).toMatchObject([{ problem: 'size' }]);
    await repos.remove(id);
    await expect(readdir(join(it.root, 'repos', 'hf', 'acme__lora'))).resolves.toEqual([]);
  });

  it('that somebody removes while they are verified are missing, and the others are looked at', async () => {
    await using it = await scene();
    const { repos } = it.library;
    await repos.sync((await repos.register('hf:acme/lora')).id).result;
    const io = createIo({ workers: 'in-thread' });
    const hashFile: Io['hashFile'] = async (path, options) => {
      if (path.endsWith('README.md')) await rm(path);
      return io.hashFile(path, options);
    };
    const verifying = await openWorkspaceOn({ ...io, hashFile }, { root: it.root });
    const { problems, files } = (await verifying.verify().result).repos;
    expect([files, problems.map(({ path, problem }) => [path, problem])]).toEqual([3, [['README.md', 'missing']]]);
    await verifying.close();
  });

  it('of a library that is open for reading are told as they are, and nothing is written', async () => {
    await using it = await scene();
    const { id } = await it.library.repos.register('hf:acme/lora');
    const { artifacts } = await it.library.repos.sync(id).result;
    await rm(artifacts[0]?.localPath ?? '');
    const reader = await openWorkspace({ root: it.root, mode: 'read', hub: { endpoint: it.hub.hubUrl } });
    try {
      expect(await reader.repos.artifacts({ ids: [artifacts[0]?.id ?? ''] })).toMatchObject([
        { status: 'pending', localPath: artifacts[0]?.localPath },
      ]);
      expect(await reader.repos.get(id)).toMatchObject({ status: 'synced' });
      const refused = { code: 'library.read-only' };
      await expect(reader.repos.sync(id).result).rejects.toMatchObject(refused);
      await expect(reader.repos.download([artifacts[3]?.id ?? '']).result).rejects.toMatchObject(refused);
      await expect(reader.repos.remove(id)).rejects.toMatchObject(refused);
      await expect(reader.repos.register('hf:acme/other')).rejects.toMatchObject(refused);
      await expect(reader.webhooks.list()).rejects.toMatchObject(refused);
    } finally {
      await reader.close();
    }
    expect(await it.library.shared?.repos.listArtifacts({ status: 'completed' })).toHaveLength(3);
  });

  it('are downloaded as models, verified and stored once', async () => {
    await using it = await scene();
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const { artifacts } = await repos.sync(id).result;
    const wanted = idsOf(artifacts, 'line.safetensors', 'README.md');
    const { models, bytesFetched, artifacts: after } = await repos.download(wanted).result;
    expect(models).toMatchObject([{ type: 'lora' }]);
    expect(bytesFetched).toBe(lora.byteLength + 13);
    expect(statesOf(after)).toEqual([
      ['README.md', 'completed'],
      ['line.safetensors', 'completed'],
    ]);
    const weights = after[1];
    expect(Buffer.compare(await readFile(weights?.localPath ?? ''), lora)).toBe(0);
    expect(weights?.contentSha256).toBe(weights?.sha256);

    // The model moves, and the artifact with it; then it is evicted, and is to be had again.
    const model = models[0]?.id ?? '';
    await it.library.edit(model, { type: 'vae' });
    await it.library.relocate(model);
    const [moved] = await repos.artifacts({ ids: idsOf(after, 'line.safetensors') });
    expect(moved).toMatchObject({ status: 'completed', localPath: expect.stringContaining('/vae/') as string });
    expect((await it.library.evict({ models: [model], freeBytes: 1 }).result).evicted).toHaveLength(1);
    expect(statesOf(await repos.artifacts({ ids: wanted }))).toContainEqual(['line.safetensors', 'pending']);
  });

  it('that the library has already are not fetched', async () => {
    await using it = await scene();
    await it.library.download(await it.library.planDownload('hf:acme/lora')).result;
    const { id } = await it.library.repos.register('hf:acme/lora');
    const { artifacts } = await it.library.repos.sync(id, { smallFileBytes: 0 }).result;
    expect(artifacts.find(({ path }) => path === 'line.safetensors')).toMatchObject({
      status: 'completed',
      error: null,
    });
    it.hub.resetRequests();
    await it.library.repos.download(idsOf(artifacts, 'line.safetensors')).result;
    expect(it.hub.requests).toEqual([]);
  });

  it('are those of the commit that was synced, though the branch has moved', async () => {
    await using it = await scene();
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const first = await repos.sync(id).result;
    await it.hub.commit('acme/lora', {
      files: [
        { path: 'line.safetensors', content: other, storage: 'lfs' },
        { path: 'README.md', content: text('# Thin lines') },
      ],
      deletes: ['conf/old.json'],
    });
    const { artifacts } = await repos.download(idsOf(first.artifacts, 'line.safetensors')).result;
    expect(Buffer.compare(await readFile(artifacts[0]?.localPath ?? ''), lora)).toBe(0);

    const second = await repos.sync(id).result;
    expect(second.repo.commit).not.toBe(first.repo.commit);
    expect(statesOf(second.artifacts)).toEqual([
      ['README.md', 'completed'],
      ['conf/model.json', 'completed'],
      ['line.safetensors', 'pending'],
    ]);
    expect(await readFile(second.artifacts[0]?.localPath ?? '', 'utf8')).toBe('# Thin lines');
    const old = first.artifacts.find(({ path }) => path === 'conf/old.json');
    await expect(stat(old?.localPath ?? '')).rejects.toThrow('ENOENT');
    const again = await repos.download(idsOf(second.artifacts, 'line.safetensors')).result;
    expect(Buffer.compare(await readFile(again.artifacts[0]?.localPath ?? ''), other)).toBe(0);
  });

  it('that failed are those that could not be had; the others wait, and are fetched by a job', async () => {
    const wrong = { path: 'thin.safetensors', content: other, storage: 'lfs', sha256: 'b'.repeat(64) } as const;
    await using it = await scene({ ...repo, files: [...repo.files, wrong] });
    const { repos, jobs } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const { artifacts } = await repos.sync(id).result;
    const wanted = idsOf(artifacts, 'line.safetensors', 'thin.safetensors', 'README.md');
    await expect(repos.download(wanted).result).rejects.toMatchObject({ code: 'transfer.integrity' });
    expect(statesOf(await repos.artifacts({ ids: wanted }))).toEqual([
      ['README.md', 'completed'],
      ['line.safetensors', 'pending'],
      ['thin.safetensors', 'failed'],
    ]);
    const good = { ids: idsOf(artifacts, 'line.safetensors') };
    const submitted = [
      await jobs.submit('download-artifacts', good),
      await jobs.submit('download-artifacts', { ids: ['nothing'] }),
    ];
    await jobs.run({ untilIdle: true });
    const [done, refused] = await Promise.all(submitted.map((job) => jobs.get(job.id)));
    expect(done).toMatchObject({ state: 'completed', result: { models: [expect.any(String)] } });
    expect(refused).toMatchObject({ state: 'failed', attempts: 1, error: { code: 'fleet.not-found' } });
    expect(await repos.artifacts(good)).toMatchObject([{ status: 'completed' }]);
  });

  it('of a gated repo say what a person has to do, until it is done', async () => {
    await using it = await scene({ ...repo, gated: 'manual' });
    const { repos } = it.library;
    const { id } = await repos.register('hf:acme/lora');
    const { repo: synced, artifacts, failures } = await repos.sync(id).result;
    expect(synced.status).toBe('synced');
    const waiting = { code: 'workflows.waiting-for-user', facts: { reason: 'token' } };
    expect(failures).toMatchObject([{ error: waiting }, { error: waiting }, { error: waiting }]);
    const weights = idsOf(artifacts, 'line.safetensors');
    await expect(repos.download(weights).result).rejects.toMatchObject(waiting);
    await expect(repos.download(idsOf(artifacts, 'README.md')).result).rejects.toMatchObject(waiting);
    expect(await repos.artifacts({ status: 'failed' })).toHaveLength(4);
    it.hub.changeRepo('acme/lora', { gated: false });
    expect((await repos.sync(id).result).failures).toEqual([]);
    await repos.download(weights).result;
    expect(await repos.artifacts()).toMatchObject([1, 2, 3, 4].map(() => ({ status: 'completed', error: null })));
  });

  it('stay as they were where the hub does not answer, or has the repo no more', async () => {
    await using it = await scene();
    const { id } = await it.library.repos.register('hf:acme/lora');
    await it.library.repos.sync(id).result;
    const before = await it.library.repos.artifacts();
    it.hub.removeRepo('acme/lora');
    await expect(it.library.repos.sync(id).result).rejects.toMatchObject({
      code: expect.stringMatching(/^hub\./u) as string,
    });
    expect(await it.library.repos.get(id)).toMatchObject({
      status: 'error',
      error: { code: expect.stringMatching(/^hub\./u) as string },
    });
    expect(await it.library.repos.artifacts()).toEqual(before);

    const weights = idsOf(before, 'line.safetensors');
    await expect(it.library.repos.download(weights).result).rejects.toThrow();
    expect(await it.library.repos.artifacts({ ids: weights })).toMatchObject([{ status: 'failed', error: {} }]);

    const offline = await openWorkspace({ root: it.root, hub: { endpoint: it.hub.hubUrl, offline: true } });
    await expect(offline.repos.sync(id).result).rejects.toMatchObject({ code: 'network.offline' });
    expect(await offline.repos.get(id)).toMatchObject({ status: 'error', error: { code: 'network.offline' } });
    await offline.close();
  });

  it('of a repo that was never synced are refused', async () => {
    await using it = await scene();
    const { id } = await it.library.repos.register('hf:acme/lora');
    const { artifacts } = await it.library.repos.sync(id).result;
    // As a process leaves it that dies between the new files and their commit.
    await it.library.shared?.repos.update(id, { status: 'registered', commit: null });
    await expect(
      it.library.repos.download(idsOf(artifacts, 'README.md', 'line.safetensors')).result,
    ).rejects.toMatchObject({
      code: 'workflows.not-synced',
      facts: { repoId: id },
    });
  });

  it('are fetched once by two that want them at once', async () => {
    await using it = await scene();
    const second = await it.open();
    try {
      const { id } = await it.library.repos.register('hf:acme/lora');
      const synced = await Promise.all([it.library.repos.sync(id).result, second.repos.sync(id).result]);
      expect(synced[0].artifacts).toEqual(synced[1].artifacts);
      const weights = idsOf(synced[0].artifacts, 'line.safetensors');
      const both = await Promise.all(
        [it.library, it.library, second].map(async ({ repos }) => repos.download(weights).result),
      );
      expect(both.map(({ artifacts }) => artifacts[0]?.status)).toEqual(['completed', 'completed', 'completed']);
      expect(Math.max(both[0]?.bytesFetched ?? 0, both[1]?.bytesFetched ?? 0) + (both[2]?.bytesFetched ?? 0)).toBe(
        lora.byteLength,
      );
      expect(await it.library.list()).toHaveLength(1);
    } finally {
      await second.close();
    }
  });

  it('that a process fetched again when it was killed are told by a verification, and mended', async () => {
    const large = text('{"words": ' + JSON.stringify('x'.repeat(400_000)) + '}');
    await using it = await scene({ id: 'acme/words', files: [{ path: 'words.json', content: large }] });
    const { repos } = it.library;
    const [words] = (await repos.sync((await repos.register('hf:acme/words')).id).result).artifacts;
    await writeFile(words?.localPath ?? '', 'damaged');
    expect((await it.library.verify().result).repos.problems).toMatchObject([{ path: 'words.json', problem: 'size' }]);
    it.hub.setPace({ bytesPerSecond: large.byteLength / 20 });
    const program = fileURLToPath(new URL('./download-artifacts.test-child.ts', import.meta.url));
    const args = ['--conditions=modelkeep-source', program, it.root, it.hub.hubUrl, 'hf:acme/words', 'words.json'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    // While it lives it is its business.
    expect((await it.library.verify().result).repos).toMatchObject({ files: 0, problems: [] });
    child.kill('SIGKILL');
    await ended;
    const noted = async (): Promise<unknown> => statesOf((await it.library.shared?.repos.listArtifacts({})) ?? []);
    expect(await noted()).toEqual([['words.json', 'downloading']]);
    expect((await it.library.verify().result).repos.problems).toMatchObject([{ path: 'words.json', problem: 'size' }]);
    expect(await noted()).toEqual([['words.json', 'pending']]);
    it.hub.setPace({});
    expect((await it.library.repair().result).repos.repaired).toMatchObject([{ path: 'words.json' }]);
    expect((await it.library.verify().result).repos).toMatchObject({ files: 1, problems: [] });
  }, 120_000);

  it('that a killed process was at are at rest, and are had by the next one', async () => {
    await using it = await scene();
    const { repos } = it.library;
    it.hub.setPace({ bytesPerSecond: lora.byteLength / 20 });
    const program = fileURLToPath(new URL('./download-artifacts.test-child.ts', import.meta.url));
    const args = ['--conditions=modelkeep-source', program, it.root, it.hub.hubUrl, 'hf:acme/lora'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    expect(statesOf(await repos.artifacts({ status: 'downloading' }))).toEqual([['line.safetensors', 'downloading']]);
    const waiting = new AbortController();
    const [{ id } = { id: '' }] = await repos.artifacts({ status: 'downloading' });
    const other = repos.download([id], { signal: waiting.signal });
    waiting.abort(new Error('enough'));
    await expect(other.result).rejects.toThrow('enough');
    child.kill('SIGKILL');
    await ended;
    expect(statesOf(await repos.artifacts({ status: 'pending' }))).toEqual([['line.safetensors', 'pending']]);
    it.hub.setPace({});
    expect(await repos.download([id]).result).toMatchObject({ artifacts: [{ status: 'completed' }] });
    expect((await it.library.verify().result).problems).toEqual([]);
  }, 120_000);
});
