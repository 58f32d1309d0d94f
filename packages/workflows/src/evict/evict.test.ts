import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { buildFluxLora, startHub, textBytes, type LocalHub } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import type { Workspace } from '../workspace/workspace.ts';

const lora = (fillSeed: number): Uint8Array => buildFluxLora({ scale: 0.02, fillSeed });
const size = lora(1).byteLength;
const names = ['a', 'b', 'c', 'd'];

interface Scene extends AsyncDisposable {
  readonly hub: LocalHub;
  readonly library: Workspace;
  readonly folder: Awaited<ReturnType<typeof tempFolder>>;
  readonly open: (options?: Partial<OpenWorkspaceOptions>) => Promise<Workspace>;
}

/** A library with four LoRAs of one repo, used in the order d, c, b, a. */
async function scene(): Promise<Scene> {
  const parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const files = names.map((name, seed) => ({ path: `${name}.safetensors`, content: lora(seed) }));
  const hub = parts.use(
    await startHub({ repos: [{ id: 'acme/four', files: [...files, { path: 'x.json', content: textBytes('{}') }] }] }),
  );
  const open: Scene['open'] = (options) =>
    openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl }, ...options });
  const library = parts.use(await open());
  await library.download(await library.planDownload('hf:acme/four', { include: ['*.safetensors'] })).result;
  await useInTurn(library, ['d', 'c', 'b', 'a']);
  return { hub, library, folder, open, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

const slugOf = (name: string): string => `lora/flux1/${name}`;

async function useInTurn(library: Workspace, order: readonly string[]): Promise<void> {
  for (const name of order) {
    library.recordUse((await library.get(slugOf(name))).id);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function blobsIn(folder: Scene['folder']): Promise<number> {
  return (await readdir(folder.join('library/blobs/sha256'))).length;
}

describe('an eviction', () => {
  it('gives up the least recently used until enough is free, and says why the others stay', async () => {
    await using parts = await scene();
    const { library, folder } = parts;
    await library.pin(slugOf('d'));
    const dry = await library.evict({ freeBytes: 1.5 * size, dryRun: true }).result;
    expect(dry.evicted.map(({ slug }) => slug)).toEqual(['c', 'b'].map((name) => slugOf(name)));
    expect(dry.stays.map(({ slug, why }) => [slug, why])).toEqual([
      [slugOf('d'), 'pinned'],
      [slugOf('a'), 'not-needed'],
    ]);
    expect([dry.dryRun, dry.bytesFreed >= 2 * size, await blobsIn(folder)]).toEqual([true, true, 4]);

    const { evicted, bytesFreed, dryRun } = await library.evict({ freeBytes: 1.5 * size }).result;
    expect([dryRun, evicted]).toEqual([false, dry.evicted]);
    expect(bytesFreed).toBe(dry.bytesFreed);
    expect(await blobsIn(folder)).toBe(2);
    expect(await readdir(folder.join('library', slugOf('c')))).toEqual(['metadata.json']);
    const gone = await library.get(slugOf('c'));
    expect(gone).toMatchObject({ complete: false, evictedAt: expect.any(String) as string, sizeBytes: size });
    expect((await library.search('c')).models.map(({ id }) => id)).toContain(gone.id);
    expect(await library.verify().result).toMatchObject({ models: 4, files: 2, problems: [] });
    expect((await library.diagnose()).findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(await library.collectGarbage({ graceMs: 0 }).result).toMatchObject({ items: [], needed: 2 });
    expect(await library.rebuildIndex()).toMatchObject({ models: 4, problems: [] });
    expect(await library.computeHashes().result).toMatchObject({ models: 2, corrupt: [] });
    expect((await library.evict({ freeBytes: 1, models: [gone.id] }).result).stays).toMatchObject([{ why: 'evicted' }]);
    await expect(library.lease(gone.id)).rejects.toMatchObject({
      code: 'library.model-evicted',
      facts: { modelId: gone.id, slug: gone.slug },
    });
  });

  it('is taken back by restoring, by a download and by an import, with all that was known', async () => {
    await using parts = await scene();
    const { hub, library, folder } = parts;
    const before = await Promise.all(names.map((name) => library.get(slugOf(name))));
    await library.edit(slugOf('a'), { tags: ['mine'] });
    await library.evict({ freeBytes: 4 * size }).result;
    expect(await blobsIn(folder)).toBe(0);

    hub.resetRequests();
    const { model, bytesFetched } = await library.restore(slugOf('a')).result;
    expect(model).toMatchObject({ id: before[0]?.id, tags: ['mine'], complete: true });
    expect(model.evictedAt).toBeUndefined();
    expect(bytesFetched).toBe(size);
    expect(await library.restore(slugOf('a')).result).toMatchObject({ bytesFetched: 0, bytesPresent: size });

    const plan = await library.planDownload('hf:acme/four/b.safetensors');
    expect(plan.bytesNeeded).toBe(size);
    expect((await library.download(plan).result).models).toMatchObject([{ id: before[1]?.id, complete: true }]);
    await writeFile(folder.join('c.safetensors'), lora(2));
    expect((await library.import(folder.join('c.safetensors')).result).models).toMatchObject([{ id: before[2]?.id }]);
    for (const name of ['a', 'b', 'c'])
      expect(await readdir(folder.join('library', slugOf(name)))).toContain(`${name}.safetensors`);
    expect(await library.verify().result).toMatchObject({ models: 4, files: 3, problems: [] });
    await library.delete(slugOf('d'));
    expect((await library.list()).map(({ id }) => id).toSorted()).toEqual(
      before
        .slice(0, 3)
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it('never takes what is linked, leased by another process or not to be had again', async () => {
    await using parts = await scene();
    const { hub, library, folder, open } = parts;
    await mkdir(folder.join('ComfyUI/models'), { recursive: true });
    const links = await library.planLinks('comfyui', { appRoot: folder.join('ComfyUI') });
    await links.apply();
    const whys = async (options = {}): Promise<unknown> =>
      (await library.evict({ freeBytes: 9 * size, dryRun: true, ...options }).result).stays.map(({ why }) => why);
    expect(await whys()).toEqual(['linked', 'linked', 'linked', 'linked']);
    await links.undo();

    await using other = await open();
    const lease = await other.lease(slugOf('a'));
    await writeFile(folder.join('own.safetensors'), lora(9));
    await library.import(folder.join('own.safetensors')).result;
    await rm(folder.join('own.safetensors'));
    await mkdir(folder.join('outside'));
    await writeFile(folder.join('outside/out.safetensors'), lora(10));
    await library.scan(folder.join('outside')).result;
    // The other four are older than what was just imported.
    expect(await whys()).toEqual(['leased', 'not-fetchable', 'external']);
    expect(await whys({ unfetchable: true })).toEqual(['leased', 'external']);
    await lease.release();
    const first = await hub.commitOf('acme/four');
    await hub.commit('acme/four', { files: [{ path: 'README.md', content: textBytes('new') }] });
    await hub.forgetCommit('acme/four', first);
    expect(await whys()).toEqual([
      'not-fetchable',
      'not-fetchable',
      'not-fetchable',
      'not-fetchable',
      'not-fetchable',
      'external',
    ]);
    await hub.close();
    expect(await whys()).toEqual([
      'source-unknown',
      'source-unknown',
      'source-unknown',
      'source-unknown',
      'not-fetchable',
      'external',
    ]);
    expect(await whys({ checkSources: false })).toEqual(['not-fetchable', 'external']);
    await expect(library.restore(slugOf('own')).result).resolves.toMatchObject({ bytesFetched: 0 });
    await library.evict({ freeBytes: 1, models: [slugOf('own')], unfetchable: true }).result;
    await expect(library.restore(slugOf('own')).result).rejects.toMatchObject({
      code: 'workflows.not-fetchable',
      facts: { slug: slugOf('own'), files: ['own.safetensors'] },
    });
  });
});

describe('a quota', () => {
  it('refuses what would exceed it, and makes room for a download that may', async () => {
    await using parts = await scene();
    const { hub, library, open } = parts;
    await library.setQuota(5 * size);
    expect(await library.room()).toMatchObject({ quotaBytes: 5 * size, usedBytes: 4 * size, reservedBytes: 0 });
    await hub.addRepo({
      id: 'acme/two',
      files: [5, 6].map((seed) => ({ path: `${seed}.safetensors`, content: lora(seed) })),
    });
    const plan = await library.planDownload('hf:acme/two');
    await expect(library.download(plan).result).rejects.toMatchObject({
      code: 'library.quota-exceeded',
      facts: { quotaBytes: 5 * size, usedBytes: 4 * size, neededBytes: 2 * size },
    });
    expect((await library.download(plan, { makeRoom: true }).result).models).toHaveLength(2);
    expect((await library.list()).filter(({ evictedAt }) => evictedAt !== undefined).map(({ slug }) => slug)).toEqual([
      slugOf('d'),
    ]);
    expect(await library.room()).toMatchObject({ usedBytes: 5 * size });
    await expect(library.restore(slugOf('d')).result).rejects.toMatchObject({ code: 'library.quota-exceeded' });
    await library.close();

    await using again = await open();
    expect((await again.room()).quotaBytes).toBe(5 * size);
    for (const name of ['a', 'b', 'c']) await again.pin(slugOf(name));
    await again.pin('lora/flux1/5');
    const wanted = await again.planDownload('hf:acme/four/d.safetensors');
    await again.pin('lora/flux1/6');
    await expect(again.download(wanted, { makeRoom: true }).result).rejects.toMatchObject({
      code: 'library.quota-exceeded',
    });
    await again.setQuota(null);
    expect(await again.download(wanted).result).toMatchObject({ bytesFetched: size });
    await expect(again.setQuota(-1)).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });
});
