import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import { buildFluxLora, buildSafetensors, buildVae, startCivitai } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { rowsOf } from '../migrate/registry/registry.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const other = buildFluxLora({ scale: 0.02, fillSeed: 5 });
const nothingKnown = buildSafetensors({ tensors: { a: { dtype: 'F32', shape: [2] } } });
const sha256 = createHash('sha256').update(lora).digest('hex');

/** The answer of Civitai about a version, as tools keep it beside a file. */
const ofCivitai = (words: readonly string[]) => ({
  id: 71,
  modelId: 7,
  name: 'v1',
  description: 'of the sidecar',
  baseModel: 'SDXL 1.0',
  trainedWords: words,
  model: { name: 'By the sidecar', type: 'LORA' },
  files: [{ id: 1, name: 'line.safetensors', sizeKB: 1, hashes: { SHA256: sha256 } }],
});

async function scene() {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const models = [
    {
      id: 7,
      name: 'By the site',
      versions: [
        {
          id: 70,
          baseModel: 'Flux.1 D',
          description: 'of the site',
          trainedWords: ['site'],
          files: [{ id: 700, name: 'line.safetensors', content: lora }],
        },
      ],
    },
  ];
  const site = parts.use(await startCivitai({ models }));
  const workspace = parts.use(
    await openWorkspace({ root: folder.join('library'), civitai: { endpoint: site.siteUrl } }),
  );
  const put = async (name: string, content: Uint8Array | object): Promise<string> => {
    const path = folder.join('models', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content instanceof Uint8Array ? content : JSON.stringify(content));
    return path;
  };
  const scan = (options: Parameters<Workspace['scan']>[1] = {}) =>
    workspace.scan(folder.join('models'), { enrich: true, ...options }).result;
  const modelAt = async (path: string): Promise<ModelRecord> => {
    const model = await workspace.findByPath(path);
    if (model === null) throw new Error(`no model is at ${path}`);
    return model;
  };
  const owned = parts.move();
  return { folder, site, workspace, put, scan, modelAt, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Every file of a library with its content, but for databases and caches. */
async function snapshot(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\.db(?:-\w+)?$|\.modelkeep[\\/](?:locks|http-cache|misses)/u.test(path)) continue;
    files.push(`${path} ${(await stat(path)).mtimeMs} ${(await readFile(path)).toString('hex').slice(0, 2_000)}`);
  }
  return files.toSorted();
}

describe('the rules of an existing registry', () => {
  it('every model file is an entry in the run that finds it, with name and path, and nulls elsewhere', async () => {
    await using place = await scene();
    const path = await place.put('deep/er/some name.safetensors', nothingKnown);
    const { total, added } = await place.scan({ enrich: false });
    expect(total).toBe(1);
    expect(added).toEqual([expect.objectContaining({ name: 'some name', path, from: null })]);
    expect(await place.modelAt(path)).toMatchObject({
      officialName: 'some name',
      type: 'unknown',
      name: null,
      family: null,
      baseModel: null,
      description: null,
      variant: null,
      licence: null,
      tags: [],
      triggerWords: [],
    });
  });

  it('nothing is inferred from names or folders', async () => {
    await using place = await scene();
    const named = await place.put('Lora/sdxl-pony-lora-fp16-inpaint.safetensors', nothingKnown);
    const misplaced = await place.put('VAE/sdxl_vae.safetensors', lora);
    await place.scan({ enrich: false });
    expect(await place.modelAt(named)).toMatchObject({ type: 'unknown', family: null, baseModel: null, variant: null });
    expect(await place.modelAt(misplaced)).toMatchObject({ type: 'lora', family: 'flux1' });
  });

  it('JSON is recognised by its content', async () => {
    await using place = await scene();
    const first = await place.put('a/line.safetensors', lora);
    await place.put('a/line.json', ofCivitai(['by content']));
    const second = await place.put('b/other.safetensors', other);
    await place.put('b/other.civitai.info', { 'activation text': 'of forge', 'sd version': 'Flux' });
    const third = await place.put('c/vae.safetensors', buildVae({ kind: 'sd', scale: 0.02 }));
    await place.put('c/vae.json', { description: 'settings of a tool', width: 512 });
    await place.scan({ enrich: false });
    expect(await place.modelAt(first)).toMatchObject({
      triggerWords: ['by content'],
      origins: { triggerWords: 'civitai-sidecar' },
    });
    expect(await place.modelAt(second)).toMatchObject({
      triggerWords: ['of forge'],
      origins: { triggerWords: 'forge' },
    });
    expect(await place.modelAt(third)).toMatchObject({ description: null });
  });

  it('a file without a hash is looked up nowhere: above 15 GB it is counted as skipped, unless asked otherwise', async () => {
    await using place = await scene();
    const path = await place.put('huge.safetensors', new Uint8Array());
    const file = await open(path, 'r+');
    await file.truncate(15_000_000_001);
    await file.close();
    const small = await place.put('line.safetensors', lora);
    const limited = await place.scan({ maxHashBytes: lora.length - 1 });
    expect(limited).toMatchObject({ total: 2, hashesComputed: 0, added: [], enriched: { total: 0, hashesAsked: 0 } });
    expect(limited.hashesSkipped.map((skipped) => skipped.path).toSorted()).toEqual([path, small].toSorted());
    expect(place.site.requests).toEqual([]);
    const byDefault = await place.scan();
    expect(byDefault).toMatchObject({ hashesComputed: 1, hashesSkipped: [{ path, sizeBytes: 15_000_000_001 }] });
    expect(place.site.requests).toHaveLength(1);
  });

  it('duplicates are those with the same hash, and are reported with both paths', async () => {
    await using place = await scene();
    const first = await place.put('a/line.safetensors', lora);
    const second = await place.put('b/called otherwise.safetensors', lora);
    await place.put('c/line.safetensors', other);
    const { duplicates, added } = await place.scan({ enrich: false });
    expect(added).toHaveLength(2);
    expect(duplicates).toHaveLength(1);
    expect(new Set([duplicates[0]?.path, duplicates[0]?.sameAs])).toEqual(new Set([first, second]));
    expect(duplicates[0]?.sha256).toBe(sha256);
  });

  it('only what is null is filled: Forge, then Civitai’s JSON, then the header, then the site', async () => {
    await using place = await scene();
    const path = await place.put('line.safetensors', lora);
    await place.put('line.json', { 'activation text': 'of forge' });
    await place.put('line.civitai.info', ofCivitai(['sidecar']));
    await place.scan();
    const record = await place.modelAt(path);
    expect(record).toMatchObject({
      triggerWords: ['of forge'],
      description: 'of the sidecar',
      baseModel: 'SDXL 1.0',
      origins: {
        triggerWords: 'forge',
        description: 'civitai-sidecar',
        baseModel: 'civitai-sidecar',
        precision: 'scan',
      },
    });
    await using bare = await scene();
    const alone = await bare.put('line.safetensors', lora);
    await bare.scan();
    expect(await bare.modelAt(alone)).toMatchObject({
      name: 'thickline',
      description: 'of the site',
      origins: { name: 'embedded', description: 'civitai-api' },
    });
  });

  it('a second run is a no-op', async () => {
    await using place = await scene();
    await place.put('line.safetensors', lora);
    await place.put('other.safetensors', other);
    await place.scan();
    place.site.resetRequests();
    const before = await snapshot(place.folder.join('library'));
    expect(await place.scan()).toMatchObject({
      total: 2,
      added: [],
      updated: [],
      hashesComputed: 0,
      enriched: { updated: [], hashesAsked: 0 },
    });
    expect(await place.workspace.enrich().result).toMatchObject({ total: 2, updated: [], hashesAsked: 0 });
    expect(place.site.requests).toEqual([]);
    expect(await snapshot(place.folder.join('library'))).toEqual(before);
  });

  it('the report has total, added, updated, hashes computed, hashes skipped and errors', async () => {
    await using place = await scene();
    await place.put('same.safetensors', nothingKnown);
    const path = await place.put('line.safetensors', lora);
    await place.scan({ enrich: false });
    await writeFile(path, other);
    await place.put('new.safetensors', buildFluxLora({ scale: 0.02, fillSeed: 6 }));
    const large = await place.put('large.safetensors', buildFluxLora({ scale: 0.1 }));
    const report = await place.scan({ enrich: false, maxHashBytes: lora.length * 2 });
    expect(report).toMatchObject({ total: 4, hashesComputed: 2, errors: [] });
    expect(report.added.map(({ name }) => name)).toEqual(['new']);
    expect(report.updated.map(({ name }) => name)).toEqual(['line']);
    expect(report.hashesSkipped).toEqual([expect.objectContaining({ path: large })]);
  });

  it('what Civitai answers 404 to is noted as asked: its fields stay empty, its row says none, and nobody asks again', async () => {
    await using place = await scene();
    const path = await place.put('unknown.safetensors', nothingKnown);
    const { enriched } = await place.scan();
    expect(enriched).toMatchObject({ total: 1, unknown: 1, updated: [], left: [], failures: [] });
    expect((await place.modelAt(path)).civitai).toBeUndefined();
    place.site.resetRequests();
    expect(await place.workspace.enrich().result).toMatchObject({ unknown: 1, hashesAsked: 0 });
    expect(place.site.requests).toEqual([]);
    await place.workspace.exportRegistryTo(place.folder.join('out.sqlite'));
    const report = await place.workspace.migrateRegistry(place.folder.join('out.sqlite')).result;
    expect(report.matched).toEqual([expect.objectContaining({ by: 'hash' })]);
    expect(report.problems).toEqual([]);
    expect((await rowsOf(place.folder.join('out.sqlite'))).models).toMatchObject([
      { civitai_id: null, civitai_model_name: null, metadata_status: 'none', metadata_source: 'none' },
    ]);
  });
});
