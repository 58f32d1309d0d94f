import { readdir, readFile } from 'node:fs/promises';
import { mkdir, readlink } from 'node:fs/promises';
import { buildFluxLora, startHub, textBytes, type LocalHub, type RepoFile } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

const repo = 'acme/line';
const slug = 'lora/flux1/line';
const lora = (fillSeed: number): Uint8Array => buildFluxLora({ scale: 0.02, fillSeed });
const weights = (fillSeed: number): RepoFile => ({ path: 'line.safetensors', content: lora(fillSeed) });
const readme = (text: string): RepoFile => ({ path: 'README.md', content: textBytes(text) });

interface Scene extends AsyncDisposable {
  readonly hub: LocalHub;
  readonly library: Workspace;
  readonly folder: Awaited<ReturnType<typeof tempFolder>>;
}

/** A library with the LoRA of a repo. */
async function scene(files: readonly RepoFile[] = [weights(1), readme('first')]): Promise<Scene> {
  const parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const hub = parts.use(await startHub({ repos: [{ id: repo, files }] }));
  const library = parts.use(await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } }));
  await get(library);
  return { hub, library, folder, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

async function get(library: Workspace, reference = `hf:${repo}`): Promise<void> {
  await library.download(await library.planDownload(reference)).result;
}

describe('a check', () => {
  it('says what has changed at the source, by the answers of before where nothing has', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const { id } = await library.get(slug);
    const checked = async (): Promise<unknown> => (await library.checkUpdates().result).models;
    hub.resetRequests();
    expect(await checked()).toMatchObject([{ modelId: id, slug, state: 'current', changes: [], bytesToFetch: 0 }]);
    expect(hub.requests.map(({ method, status }) => [method, status])).toEqual([['GET', 304]]);

    const text = 'second and longer';
    const extra: RepoFile = { path: 'notes.md', content: textBytes('notes') };
    const commit = await hub.commit(repo, { files: [weights(2), readme(text), extra] });
    hub.resetRequests();
    const { models, ...sums } = await library.checkUpdates({ models: [id] }).result;
    const size = lora(2).byteLength;
    expect(models).toEqual([
      {
        modelId: id,
        slug,
        state: 'outdated',
        source: { endpoint: hub.hubUrl, repo, revision: 'main' },
        commit,
        movedTo: null,
        changes: [
          { path: 'line.safetensors', change: 'changed', bytesHere: size, bytesThere: size },
          { path: 'README.md', change: 'changed', bytesHere: 5, bytesThere: text.length },
          { path: 'notes.md', change: 'added', bytesHere: null, bytesThere: 5 },
        ],
        bytesToFetch: size + text.length + 5,
        reason: `${repo} has changed at main`,
      },
    ]);
    expect(sums).toEqual({ outdated: 1, bytesToFetch: size + text.length + 5, offline: false });
    expect(hub.requests.filter(({ path }) => path.includes('/resolve/'))).toEqual([]);
    expect((await library.get(slug)).revision).toBe(1);
  });

  it('says what cannot be told, and why', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const stateOf = async (): Promise<unknown> => {
      const { models, offline } = await library.checkUpdates().result;
      return [models.map(({ state }) => state), offline];
    };
    await hub.commit(repo, { deletes: ['line.safetensors'] });
    expect(await stateOf()).toEqual([['gone'], false]);
    hub.changeRepo(repo, { disabled: true });
    expect(await stateOf()).toEqual([['gone'], false]);
    hub.changeRepo(repo, { disabled: false, private: true });
    expect(await stateOf()).toEqual([['no-access'], false]);
    hub.removeRepo(repo);
    expect(await stateOf()).toEqual([['no-access'], false]);
    await hub.close();
    expect(await stateOf()).toEqual([['unreachable'], true]);
    await expect(library.update(slug).result).rejects.toMatchObject({ code: 'workflows.no-update' });
    expect((await library.verify().result).problems).toEqual([]);
  });

  it('leaves out what has no revisions, and what asked for a commit', async () => {
    await using parts = await scene();
    const { hub, library, folder } = parts;
    const first = await hub.commitOf(repo);
    await hub.commit(repo, { files: [weights(2)] });
    await using other = await openWorkspace({ root: folder.join('other'), hub: { endpoint: hub.hubUrl } });
    await get(other, `hf:${repo}@${first}`);
    await other.import(folder.join('library', slug, 'README.md')).result.catch(() => {});
    expect((await other.checkUpdates().result).models).toMatchObject([{ state: 'fixed', commit: first }]);
    await expect(other.update(slug).result).rejects.toMatchObject({
      code: 'workflows.no-update',
      facts: { slug, reason: 'this very commit was asked for' },
    });
    const reason = new Error('enough');
    await expect(library.checkUpdates({ signal: AbortSignal.abort(reason) }).result).rejects.toBe(reason);
  });
});

describe('an update', () => {
  it('of small files changes the model itself, which keeps the old ones until they are released', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const { id } = await library.get(slug);
    await hub.commit(repo, { files: [readme('second')] });
    expect(await library.update(slug, { dryRun: true }).result).toMatchObject({
      dryRun: true,
      updated: false,
      check: { state: 'outdated', bytesToFetch: 6 },
    });
    hub.resetRequests();
    const { model, previous, bytesFetched, updated } = await library.update(slug).result;
    expect([model.id, previous, bytesFetched, updated]).toEqual([id, null, 6, true]);
    const path = `${library.folderOf(model)}/README.md`;
    expect(await readFile(path, 'utf8')).toBe('second');
    expect(await library.update(slug).result).toMatchObject({ updated: false, check: { state: 'current' } });

    const [version] = await library.versions(slug);
    expect(version?.replaced).toMatchObject([{ name: 'README.md', sizeBytes: 5 }]);
    const grace = { graceMs: 0 };
    expect(await library.collectGarbage(grace).result).toMatchObject({ items: [], needed: 3 });
    expect(await library.release(slug, { dryRun: true })).toMatchObject({
      dryRun: true,
      files: 1,
      bytes: 5,
      released: [],
    });
    expect(await library.release(slug)).toMatchObject({ modelId: id, files: 1, bytes: 5, kept: [] });
    expect((await library.versions(slug))[0]?.replaced).toEqual([]);
    expect(await library.collectGarbage(grace).result).toMatchObject({ items: [{ kind: 'blob' }], needed: 2 });
  });

  it('of weights is a new version; the old one stays until it is released, and what a person said holds', async () => {
    await using parts = await scene();
    const { hub, library, folder } = parts;
    const old = await library.get(slug);
    await library.edit(slug, { tags: ['mine'] });
    await library.pin(slug);
    await hub.commit(repo, { files: [weights(2)] });
    hub.resetRequests();
    const { model, previous, bytesFetched } = await library.update(old.id).result;
    expect(bytesFetched).toBe(lora(2).byteLength);
    expect(hub.requests.filter(({ origin }) => origin === 'cdn')).not.toEqual([]);
    expect(model).toMatchObject({ supersedes: old.id, tags: ['mine'], pinned: true, officialName: 'line' });
    expect(previous?.id).toBe(old.id);
    expect((await library.versions(model.id)).map((version) => version.model.id)).toEqual([old.id, model.id]);
    expect((await library.versions(old.id)).map((version) => version.model.id)).toEqual([old.id, model.id]);
    expect((await library.get('line')).id).toBe(model.id);
    expect((await library.checkUpdates().result).models).toMatchObject([{ modelId: model.id, state: 'current' }]);
    expect((await library.checkUpdates({ models: [old.id] }).result).models).toMatchObject([{ state: 'superseded' }]);

    await library.unpin(model.id);
    expect(await library.release(old.id)).toMatchObject({ released: [], kept: [{ modelId: old.id, why: 'pinned' }] });
    // The pin of the newest version is that of the model; an older one with a pin of its own stays.
    await library.pin(model.id);
    expect(await library.release(old.id)).toMatchObject({ released: [{ modelId: old.id, removed: true }], kept: [] });
    expect((await library.list()).map(({ id }) => id)).toEqual([model.id]);
    expect((await library.verify().result).problems).toEqual([]);
    expect(await readdir(folder.join('library/lora/flux1'))).toHaveLength(1);
  });

  it('gives up the old at once where it may', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const old = await library.get(slug);
    await library.pin(slug);
    await hub.commit(repo, { files: [weights(2), readme('second')] });
    const { model, release } = await library.update(slug, { keepOld: false }).result;
    expect(release).toMatchObject({ released: [{ modelId: old.id }], kept: [] });
    expect(await library.list()).toEqual([model]);
  });

  it('follows a download of the same branch, and no other one', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const old = await library.get(slug);
    const first = await hub.commitOf(repo);
    const second = await hub.commit(repo, { files: [weights(2)] });
    await hub.commit(repo, { files: [weights(3)] });
    await get(library, `hf:${repo}@${second}`);
    expect((await library.list()).filter(({ supersedes }) => supersedes !== undefined)).toEqual([]);
    await get(library);
    const models = await library.list();
    expect(models).toHaveLength(3);
    expect(models.filter(({ supersedes }) => supersedes !== undefined)).toMatchObject([{ supersedes: old.id }]);
    expect(first).not.toBe(second);
  });

  it('of a branch that was set back makes the version of then the newest', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const first = await hub.commitOf(repo);
    const one = await library.get(slug);
    const ids = [one.id];
    for (const seed of [2, 3]) {
      await hub.commit(repo, { files: [weights(seed)] });
      ids.push((await library.update(one.id).result).model.id);
    }
    await hub.moveBranch(repo, { commit: first });
    const { model, bytesFetched, previous } = await library.update(one.id).result;
    expect([model.id, previous?.id, bytesFetched]).toEqual([ids[0], ids[2], 0]);
    expect((await library.versions(one.id)).map((version) => version.model.id)).toEqual([ids[1], ids[2], ids[0]]);
    expect((await library.checkUpdates().result).models).toMatchObject([{ modelId: one.id, state: 'current' }]);
    expect((await library.list()).length).toBe(3);
  });

  it('of what was renamed, rewritten or deleted there loses nothing here', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const first = await hub.commitOf(repo);
    const old = await library.get(slug);
    hub.renameRepo(repo, 'acme/lines');
    await hub.commit('acme/lines', { files: [readme('renamed')] });
    expect((await library.checkUpdates().result).models).toMatchObject([{ state: 'outdated', movedTo: 'acme/lines' }]);
    expect((await library.update(slug).result).model.id).toBe(old.id);
    expect(await readFile(`${library.folderOf(old)}/README.md`, 'utf8')).toBe('renamed');
    const now = await hub.commit('acme/lines', { files: [weights(2)] });
    const { model } = await library.update(slug).result;
    expect(model).toMatchObject({
      supersedes: old.id,
      sourceGroup: old.sourceGroup,
      sources: [{ repo: 'acme/lines' }],
    });
    // The history is cut off, and then the repo is gone.
    await hub.forgetCommit('acme/lines', first);
    await hub.commit('acme/lines', { files: [weights(3)] });
    await hub.forgetCommit('acme/lines', now);
    hub.removeRepo('acme/lines');
    await expect(library.update(slug).result).rejects.toMatchObject({ code: 'workflows.no-update' });
    expect(await library.collectGarbage({ graceMs: 0 }).result).toMatchObject({ items: [] });
    expect(await library.verify().result).toMatchObject({ models: 2, problems: [] });
    expect((await library.versions(old.id))[0]?.replaced).toHaveLength(1);
  });

  it('closes the gap that a deleted version leaves', async () => {
    await using parts = await scene();
    const { hub, library } = parts;
    const ids = [(await library.get(slug)).id];
    for (const seed of [2, 3]) {
      await hub.commit(repo, { files: [weights(seed)] });
      ids.push((await library.update(ids[0] ?? '').result).model.id);
    }
    await library.delete(ids[1] ?? '');
    expect((await library.versions(ids[0] ?? '')).map(({ model }) => model.id)).toEqual([ids[0], ids[2]]);
  });
});

describe('links', () => {
  async function linked(folder: Scene['folder']): Promise<string> {
    const target = await readlink(folder.join('ComfyUI/models/loras/line.safetensors'));
    return target.split('/').at(-2) ?? '';
  }

  it('lead to the newest version, or stay where a person has pinned them', async () => {
    await using parts = await scene();
    const { hub, library, folder } = parts;
    const appRoot = folder.join('ComfyUI');
    await mkdir(folder.join('ComfyUI/models'), { recursive: true });
    const link = async (): Promise<unknown> => (await (await library.planLinks('comfyui', { appRoot })).apply()).counts;
    await link();
    const old = await library.get(slug);
    await library.follow(slug, 'pinned');
    expect(await library.get(slug)).toMatchObject({ follow: 'pinned' });
    await hub.commit(repo, { files: [weights(2)] });
    const { model } = await library.update(slug, { relink: true }).result;
    expect(model.follow).toBeUndefined();
    expect(await linked(folder)).toBe('line');
    expect(await readdir(folder.join('ComfyUI/models/loras'))).toEqual(['line.safetensors']);

    await library.follow(slug, 'latest');
    const report = await library.release(slug);
    expect(report).toMatchObject({ released: [], kept: [{ modelId: old.id, why: 'linked' }] });
    expect(await link()).toMatchObject({ replaced: 1 });
    expect(await linked(folder)).toBe(model.slug.split('/').at(-1));
    expect(await library.release(slug)).toMatchObject({ released: [{ modelId: old.id }] });
  });

  it('to the version of before are led to the new one by the update itself where that is asked for', async () => {
    await using parts = await scene();
    const { hub, library, folder } = parts;
    const appRoot = folder.join('ComfyUI');
    await mkdir(folder.join('ComfyUI/models'), { recursive: true });
    await (await library.planLinks('comfyui', { appRoot })).apply();
    await hub.commit(repo, { files: [weights(2)] });
    const { model, relinked, release } = await library.update(slug, { relink: true, keepOld: false }).result;
    expect(relinked).toMatchObject([{ outcome: 'replaced' }]);
    expect(await linked(folder)).toBe(model.slug.split('/').at(-1));
    expect(release).toMatchObject({ kept: [], released: [{ removed: true }] });
  });
});
