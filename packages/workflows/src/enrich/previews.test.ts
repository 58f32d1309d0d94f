import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pictureKind } from '@modelkeep/formats';
import { buildFluxLora, buildSafetensors, startCivitai, type CivitaiImageDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);
const jpeg = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
  Buffer.from('a picture'),
  Buffer.from([0xff, 0xd9]),
]);
const page = Buffer.from('<!doctype html><title>Sign in</title>');

async function scene(images: readonly CivitaiImageDefinition[], content: Uint8Array = lora) {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const files = [{ id: 700, name: 'thick-line.safetensors', content }];
  const models = [{ id: 7, name: 'Thick line', versions: [{ id: 70, name: 'v1', files, images }] }];
  const site = parts.use(await startCivitai({ models }));
  const root = folder.join('library');
  const open = (options: Partial<OpenWorkspaceOptions> = {}): Promise<Workspace> =>
    openWorkspace({
      root,
      civitai: { endpoint: site.siteUrl },
      hub: { endpoint: 'http://127.0.0.1:9' },
      privateOrigins: [site.storageUrl],
      ...options,
    });
  const place = folder.join('downloads');
  await mkdir(place);
  const path = join(place, 'line.safetensors');
  await writeFile(path, content);
  const pictures = (): string[] =>
    site.requests.filter(({ path: asked }) => asked.startsWith('/images/')).map(({ path: asked }) => asked);
  const owned = parts.move();
  return { folder, site, open, root, place, path, pictures, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function imported(workspace: Workspace, path: string) {
  const { models } = await workspace.import(path).result;
  const [model] = models;
  if (model === undefined) throw new Error('nothing was imported');
  return model;
}

/** What a library holds, but for databases, locks and caches, and when it was written. */
async function contents(root: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\.db(?:-\w+)?$|\.modelkeep[\\/](?:locks|http-cache|misses)/u.test(path)) continue;
    lines.push(`${path} ${(await stat(path)).mtimeMs}`);
  }
  return lines.toSorted();
}

describe('a picture of a site', () => {
  it('is the lowest rated one that is a picture, named as the library does; a second run asks and writes nothing', async () => {
    await using place = await scene([
      { name: 'x.png', content: png, nsfwLevel: 8 },
      { name: 'page.jpeg', content: page, contentType: 'image/jpeg', nsfwLevel: 1 },
      { name: 'film.mp4', content: jpeg, type: 'video' },
      { name: 'good.jpeg', content: png, contentType: 'image/jpeg', nsfwLevel: 1 },
    ]);
    await using workspace = await place.open();
    const { id } = await imported(workspace, place.path);
    const report = await workspace.enrich({ previews: 'fetch' }).result;
    expect(report).toMatchObject({ left: [], failures: [], previewsOutside: 0 });
    expect(report.updated).toEqual([expect.objectContaining({ id, sources: ['civitai', 'preview'] })]);
    const record = await workspace.get(id);
    expect(record.preview).toBe('line.preview.png');
    expect(await readFile(join(workspace.folderOf(record), 'line.preview.png'))).toEqual(png);
    expect(record.files.find(({ role }) => role === 'preview')).toMatchObject({
      sizeBytes: png.length,
      source: { provider: 'url', endpoint: place.site.storageUrl, path: '/images/70/good.jpeg' },
    });
    expect(place.pictures()).toEqual(['/images/70/page.jpeg', '/images/70/good.jpeg']);

    place.site.resetRequests();
    const before = await contents(place.root);
    expect(await workspace.enrich({ previews: 'fetch' }).result).toMatchObject({ updated: [], left: [] });
    expect(place.site.requests).toEqual([]);
    expect(await contents(place.root)).toEqual(before);
    expect(await workspace.verify().result).toMatchObject({ problems: [] });
  });

  it('is fetched where that was asked for, and above the limit only where that was said', async () => {
    await using place = await scene([
      { name: 'x.png', content: png, nsfwLevel: 8 },
      { name: 'r.jpeg', content: jpeg, nsfwLevel: 4 },
    ]);
    await using workspace = await place.open();
    const { id } = await imported(workspace, place.path);
    await workspace.enrich().result;
    await workspace.enrich({ previews: 'none' }).result;
    await workspace.enrich({ previews: 'fetch' }).result;
    expect(place.pictures()).toEqual([]);
    expect((await workspace.get(id)).preview).toBeUndefined();
    await workspace.enrich({ previews: 'fetch', previewNsfwLevel: 8 }).result;
    expect(place.pictures()).toEqual(['/images/70/r.jpeg']);
    expect((await workspace.get(id)).preview).toBe('line.preview.jpeg');
  });

  it('is left where nobody may be asked, and where the site is in trouble', async () => {
    await using place = await scene([{ name: 'a.png', content: png }]);
    {
      await using workspace = await place.open();
      await imported(workspace, place.path);
      await workspace.enrich().result;
      const { left } = await workspace.enrich({ previews: 'fetch', offline: true }).result;
      expect(left).toEqual([expect.objectContaining({ sources: ['preview'], reason: 'offline' })]);
      expect(place.pictures()).toEqual([]);
      place.site.faults.arm({ when: { origin: 'cdn', times: 9 }, fault: { kind: 'text', status: 500, text: 'no' } });
      const failed = await workspace.enrich({ previews: 'fetch' }).result;
      expect(failed.left).toEqual([expect.objectContaining({ sources: ['preview'], reason: 'failed' })]);
      expect(failed.failures).toEqual([expect.objectContaining({ source: 'preview' })]);
    }
    place.site.faults.clear();
    await using again = await place.open();
    expect(await again.enrich({ previews: 'fetch' }).result).toMatchObject({
      left: [],
      failures: [],
      updated: [{ sources: ['preview'] }],
    });
  });

  it('comes from no private address that was not granted, which is asked once', async () => {
    await using place = await scene([{ name: 'a.png', content: png }]);
    await using workspace = await place.open({ privateOrigins: [] });
    const { id } = await imported(workspace, place.path);
    const report = await workspace.enrich({ previews: 'fetch' }).result;
    expect(report.failures).toEqual([expect.objectContaining({ source: 'preview', code: 'network.blocked' })]);
    expect(await workspace.enrich({ previews: 'fetch' }).result).toMatchObject({ failures: [], left: [] });
    expect(place.pictures()).toEqual([]);
    expect((await workspace.get(id)).preview).toBeUndefined();
  });

  it.each([
    ['longer than it may be', Buffer.concat([png, Buffer.alloc(8 * 1024 * 1024)])],
    ['a web page', page],
    ['nothing', Buffer.alloc(0)],
  ])('is none where it is %s', async (_, content) => {
    await using place = await scene([{ name: 'a.png', content, contentType: 'image/png' }]);
    await using workspace = await place.open();
    const { id } = await imported(workspace, place.path);
    expect(await workspace.enrich({ previews: 'fetch' }).result).toMatchObject({ failures: [], left: [] });
    expect((await workspace.get(id)).files.map(({ role }) => role)).toEqual(['weights']);
    place.site.resetRequests();
    await workspace.enrich({ previews: 'fetch' }).result;
    expect(place.site.requests).toEqual([]);
  });

  it('is one, where two give it at once', async () => {
    await using place = await scene([{ name: 'a.png', content: png }]);
    await using workspace = await place.open();
    await using other = await place.open();
    const { id } = await imported(workspace, place.path);
    await Promise.all([workspace, other].map((one) => one.enrich({ previews: 'fetch' }).result));
    const record = await workspace.get(id);
    expect(record.files.map(({ name }) => name)).toEqual(['line.safetensors', 'line.preview.png']);
    expect(await workspace.verify().result).toMatchObject({ problems: [] });
  });
});

describe('a picture of this machine', () => {
  it.each([
    ['line.png', png, 'line.preview.png'],
    ['line.preview.jpeg', jpeg, 'line.preview.jpeg'],
    ['line.thumb.jpg', png, 'line.preview.png'],
  ])('stands as %s beside the file that was imported', async (name, content, expected) => {
    await using place = await scene([{ name: 'a.jpeg', content: jpeg }]);
    await using workspace = await place.open();
    const { id } = await imported(workspace, place.path);
    await writeFile(join(place.place, 'line.gif'), page);
    await writeFile(join(place.place, name), content);
    const report = await workspace.enrich({ previews: 'fetch', offline: true }).result;
    expect(report.updated).toEqual([expect.objectContaining({ id, sources: ['preview'] })]);
    const record = await workspace.get(id);
    expect(record.preview).toBe(expected);
    expect(await readFile(join(workspace.folderOf(record), expected))).toEqual(content);
    expect(await readFile(join(place.place, name))).toEqual(content);
  });

  it.each([
    ['modelspec.thumbnail', `data:image/png;base64,${png.toString('base64')}`],
    ['ssmd_cover_images', JSON.stringify([page.toString('base64'), png.toString('base64')])],
  ])('is in the header as %s, and hinders no eviction', async (field, text) => {
    const held = buildSafetensors({
      metadata: { [field]: text },
      tensors: { 'lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight': { dtype: 'F32', shape: [1, 4] } },
    });
    await using place = await scene([], held);
    await using workspace = await place.open();
    const { id } = await imported(workspace, place.path);
    await workspace.enrich({ offline: true }).result;
    const record = await workspace.get(id);
    expect(record.preview).toBe('line.preview.png');
    expect(pictureKind(await readFile(join(workspace.folderOf(record), 'line.preview.png')))).toBe('png');
    const evicted = await workspace.evict({ freeBytes: 1, unfetchable: true, checkSources: false }).result;
    expect(evicted.evicted).toHaveLength(1);
    const gone = await workspace.get(id);
    expect(gone.preview).toBeUndefined();
    expect(gone.files.map(({ role }) => role)).toEqual(['weights']);
    await imported(workspace, place.path);
    await workspace.enrich({ offline: true }).result;
    expect((await workspace.get(id)).preview).toBe('line.preview.png');
  });

  it('goes with its model, into the trash and back', async () => {
    await using place = await scene([{ name: 'a.png', content: png }]);
    await using workspace = await place.open();
    const { id } = await imported(workspace, place.path);
    await workspace.enrich({ previews: 'fetch' }).result;
    const picture = join(workspace.folderOf(await workspace.get(id)), 'line.preview.png');
    expect(await readFile(picture)).toEqual(png);
    await workspace.delete(id);
    await expect(stat(picture)).rejects.toThrow('ENOENT');
    const back = await workspace.undelete(id);
    expect(back.preview).toBe('line.preview.png');
    expect(await readFile(picture)).toEqual(png);
  });

  it('stays where it is beside a model outside the library, into whose folder nothing is written', async () => {
    await using place = await scene([{ name: 'a.png', content: png }]);
    await using workspace = await place.open();
    const { added } = await workspace.scan(place.place).result;
    const id = added[0]?.id ?? '';
    expect(await workspace.enrich({ previews: 'fetch' }).result).toMatchObject({ previewsOutside: 1 });
    expect(await readdir(place.place)).toEqual(['line.safetensors']);
    await writeFile(join(place.place, 'line.preview.png'), png);
    await workspace.scan(place.place).result;
    expect((await workspace.get(id)).preview).toBe('line.preview.png');
    expect(await workspace.enrich({ previews: 'fetch' }).result).toMatchObject({ previewsOutside: 0 });
  });
});
