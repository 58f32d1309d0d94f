import { createHash } from 'node:crypto';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { buildFluxLora, startCivitai, type CivitaiModelDefinition } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const sha256 = createHash('sha256').update(lora).digest('hex');
const damaged = Uint8Array.from(lora, (byte, at) => (at === 1_000 ? byte ^ 4 : byte));

function withFile(content: Uint8Array): CivitaiModelDefinition[] {
  const other = { id: 701, name: 'b.safetensors', content: buildFluxLora({ scale: 0.02, fillSeed: 9 }) };
  return [{ id: 7, name: 'Line', versions: [{ id: 70, files: [{ id: 700, name: 'a.safetensors', content }, other] }] }];
}

async function scene() {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const site = parts.use(await startCivitai({ models: withFile(lora) }));
  const root = folder.join('library');
  const open = (endpoint = site.siteUrl) => openWorkspace({ root, civitai: { endpoint }, hub: { endpoint } });
  const damage = async (): Promise<void> => {
    const blob = `${root}/blobs/sha256/${sha256}`;
    await chmod(blob, 0o644);
    await writeFile(blob, damaged);
  };
  const owned = parts.move();
  return { folder, site, open, damage, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

it('a repair fetches the file of the version that has the content, also where only its hash told of the version', async () => {
  await using place = await scene();
  const { folder, site, open, damage } = place;
  {
    await using workspace = await open();
    await workspace.download(await workspace.planDownload('civitai:7@70', { include: ['a.*'] })).result;
    await damage();
    expect(await workspace.repair().result).toMatchObject({
      repaired: [{ how: 'fetched' }, { how: 'projected' }],
      failures: [],
      bytesFetched: lora.byteLength,
    });
    expect((await workspace.verify().result).problems).toEqual([]);
  }
  await rm(folder.join('library'), { recursive: true });
  await writeFile(folder.join('mine.safetensors'), lora);
  await using workspace = await open();
  await workspace.import(folder.join('mine.safetensors')).result;
  await workspace.enrich().result;
  await rm(folder.join('mine.safetensors'));
  await damage();
  site.resetRequests();
  expect(await workspace.repair().result).toMatchObject({ repaired: [{ how: 'fetched' }, { how: 'projected' }] });
  expect(site.requests.map(({ path }) => path)).toContain('/api/v1/model-versions/70');

  await damage();
  await using elsewhere = await open('http://127.0.0.1:9');
  const { repaired, failures } = await elsewhere.repair().result;
  expect(repaired).toEqual([]);
  expect(failures[0]?.reason).toContain('has no file of this content');
});

it('a model of a version is evicted where the version still has its file, and restored from there', async () => {
  await using place = await scene();
  const { site, open } = place;
  await using workspace = await open();
  const plan = await workspace.planDownload('civitai:7@70', { include: ['a.*'] });
  const { models } = await workspace.download(plan).result;
  const [model] = models;
  if (model === undefined) throw new Error('nothing was downloaded');
  const request = { freeBytes: 1, models: [model.id] };
  site.faults.arm({ when: { times: 9 }, fault: { kind: 'text', status: 404, text: '{"error":"none"}' } });
  expect(await workspace.evict(request).result).toMatchObject({ evicted: [], stays: [{ why: 'not-fetchable' }] });
  site.faults.clear();
  expect(await workspace.evict(request).result).toMatchObject({ evicted: [{ modelId: model.id }], stays: [] });
  expect(await workspace.restore(model.id).result).toMatchObject({ bytesFetched: lora.byteLength });
  expect((await workspace.verify().result).problems).toEqual([]);
});

it('a model of another site than that of the session is not restored', async () => {
  await using place = await scene();
  let id = '';
  {
    await using workspace = await place.open();
    const plan = await workspace.planDownload('civitai:7@70', { include: ['a.*'] });
    id = (await workspace.download(plan).result).models[0]?.id ?? '';
    await workspace.evict({ freeBytes: 1, models: [id] }).result;
  }
  await using workspace = await place.open('http://127.0.0.1:9');
  await expect(workspace.restore(id).result).rejects.toMatchObject({ code: 'workflows.not-fetchable' });
});
