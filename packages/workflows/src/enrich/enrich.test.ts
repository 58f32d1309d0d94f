import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora, buildVae, startCivitai, startHub, type CivitaiModelDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const sha256 = createHash('sha256').update(lora).digest('hex');

const models: CivitaiModelDefinition[] = [
  {
    id: 7,
    name: 'Thick line',
    description: '<p>Comic <b>lines</b></p>',
    tags: ['style', 'comic'],
    versions: [
      {
        id: 70,
        name: 'v1',
        baseModel: 'Flux.1 D',
        description: '<p>First</p>',
        trainedWords: ['ink'],
        files: [{ id: 700, name: 'thick-line.safetensors', content: lora }],
      },
    ],
  },
];

async function scene(civitai: CivitaiModelDefinition[] = models, options: Partial<OpenWorkspaceOptions> = {}) {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const site = parts.use(await startCivitai({ models: civitai }));
  const hub = parts.use(
    await startHub({
      repos: [
        { id: 'acme/line', files: [{ path: 'line.safetensors', content: lora, storage: 'lfs' }], licence: 'mit' },
      ],
    }),
  );
  const root = folder.join('library');
  const open = (more: Partial<OpenWorkspaceOptions> = {}): Promise<Workspace> =>
    openWorkspace({ root, hub: { endpoint: hub.hubUrl }, civitai: { endpoint: site.siteUrl }, ...options, ...more });
  const apps = folder.join('apps');
  await mkdir(apps);
  await writeFile(join(apps, 'line.safetensors'), lora);
  await writeFile(join(apps, 'sd.safetensors'), vae);
  const owned = parts.move();
  return { folder, site, hub, open, apps, root, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Every file of a library with its content and when it was written, but for databases and caches. */
async function snapshot(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\.db(?:-\w+)?$|\.modelkeep[\\/](?:locks|http-cache|misses)/u.test(path)) continue;
    files.push(`${path} ${(await stat(path)).mtimeMs}`);
  }
  return files.toSorted();
}

describe('enrich', () => {
  it('asks Civitai by hash, and a second run asks nobody and writes nothing', async () => {
    await using place = await scene();
    const { site, hub, open, apps, root } = place;
    await using workspace = await open();
    const { added } = await workspace.scan(apps).result;
    expect(added).toHaveLength(2);
    const report = await workspace.enrich().result;
    expect(report).toMatchObject({ total: 2, unknown: 1, hashesAsked: 2, left: [], failures: [] });
    expect(report.updated).toEqual([expect.objectContaining({ sources: ['civitai'] })]);
    expect(structuredClone(report)).toEqual(report);
    const record = await workspace.get(report.updated[0]?.id ?? '');
    expect(record).toMatchObject({
      name: 'thickline',
      baseModel: 'Flux.1 D',
      triggerWords: ['ink'],
      description: 'First',
      origins: { name: 'embedded', baseModel: 'civitai-api', triggerWords: 'civitai-api' },
      civitai: {
        modelId: 7,
        versionId: 70,
        fileId: 700,
        modelName: 'Thick line',
        modelType: 'LORA',
        fileSizeKb: lora.length / 1024,
      },
    });
    expect(record.sources).toContainEqual(
      expect.objectContaining({ provider: 'civitai', repo: '7', revision: '70', path: 'thick-line.safetensors' }),
    );
    expect(site.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/v1/model-versions/by-hash',
    ]);
    expect(hub.requests).toEqual([]);

    site.resetRequests();
    const before = await snapshot(root);
    expect(await workspace.enrich().result).toMatchObject({
      total: 2,
      updated: [],
      unknown: 1,
      hashesAsked: 0,
      left: [],
    });
    expect(site.requests).toEqual([]);
    expect(await snapshot(root)).toEqual(before);
  });

  it('never touches what a person stated, nor what a more trusted source told', async () => {
    await using place = await scene();
    const { open, apps } = place;
    await writeFile(join(apps, 'line.json'), JSON.stringify({ 'activation text': 'of forge', description: 'mine' }));
    await using workspace = await open();
    const { added } = await workspace.scan(apps).result;
    const id = added.find(({ path }) => path.includes('line'))?.id ?? '';
    await workspace.edit(id, { baseModel: 'SDXL 1.0', tags: [] });
    await workspace.enrich({ pages: true }).result;
    expect(await workspace.get(id)).toMatchObject({
      baseModel: 'SDXL 1.0',
      tags: [],
      triggerWords: ['of forge'],
      description: 'mine',
      origins: { baseModel: 'user', tags: 'user', triggerWords: 'forge', description: 'forge' },
    });
    await workspace.edit(id, { baseModel: null, tags: null });
    expect(await workspace.get(id)).toMatchObject({ baseModel: 'Flux.1 D', tags: ['style', 'comic'] });
  });

  it('stays offline, says what is left to ask, and asks it later; a site in trouble is told', async () => {
    await using place = await scene();
    const { site, open, apps } = place;
    {
      await using offline = await open({ hub: { offline: true } });
      await offline.scan(apps).result;
      const report = await offline.enrich({ hub: 'search' }).result;
      expect(report).toMatchObject({ updated: [], hashesAsked: 0, failures: [] });
      expect(report.left).toHaveLength(2);
      expect(report.left[0]).toMatchObject({ sources: ['civitai', 'hub'], reason: 'offline' });
    }
    await using workspace = await open();
    site.faults.arm({ when: { times: 9 }, fault: { kind: 'text', status: 400, text: '{"error":"no' } });
    const failed = await workspace.enrich().result;
    expect(failed.left.map(({ reason }) => reason)).toEqual(['failed', 'failed']);
    expect(failed.failures).toEqual([
      expect.objectContaining({ source: 'civitai', modelId: null, code: 'civitai.unexpected' }),
    ]);
    site.faults.clear();
    expect(await workspace.enrich().result).toMatchObject({ left: [], failures: [], hashesAsked: 2 });
  });

  it('knows a model whose header was changed by its tensors, where these were hashed', async () => {
    const tensors = createHash('sha256')
      .update(lora.subarray(8 + Number(new DataView(lora.buffer, lora.byteOffset).getBigUint64(0, true))))
      .digest('hex');
    const hashes = {
      SHA256: 'AB'.repeat(32),
      AutoV2: 'AB'.repeat(5),
      AutoV1: null,
      CRC32: null,
      AutoV3: tensors.slice(0, 12).toUpperCase(),
    };
    const [model] = models;
    const version = model?.versions[0];
    if (model === undefined || version === undefined) throw new Error('no model');
    const files = [{ id: 700, name: 'x.safetensors', content: lora, hashes }];
    await using place = await scene([{ ...model, versions: [{ ...version, files }] }]);
    await using workspace = await place.open();
    await workspace.import(join(place.apps, 'line.safetensors'), { hashes: 'all' }).result;
    expect(await workspace.enrich().result).toMatchObject({ unknown: 0, updated: [{ sources: ['civitai'] }] });
    place.site.resetRequests();
    await workspace.enrich().result;
    expect(place.site.requests).toEqual([]);
  });

  it('asks the hub where that is wished, and remembers what it does not know', async () => {
    await using place = await scene();
    const { hub, open, apps } = place;
    await using workspace = await open();
    await workspace.scan(apps).result;
    const report = await workspace.enrich({ hub: 'search' }).result;
    expect(report.updated.map(({ sources }) => sources)).toEqual([['civitai', 'hub']]);
    const record = await workspace.get(report.updated[0]?.id ?? '');
    expect(record).toMatchObject({ licence: 'mit', origins: { licence: 'hub' } });
    expect(record.sources).toContainEqual(
      expect.objectContaining({ provider: 'hf', repo: 'acme/line', path: 'line.safetensors' }),
    );
    hub.resetRequests();
    expect(await workspace.enrich({ hub: 'search' }).result).toMatchObject({ updated: [], left: [] });
    expect(hub.requests).toEqual([]);
    expect(sha256).toHaveLength(64);
    expect(await readFile(join(apps, 'line.safetensors'))).toHaveLength(lora.length);
  });
});
