import { createHash } from 'node:crypto';
import { buildFluxLora, buildVae, startCivitai } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const lora = Buffer.concat([buildFluxLora({ scale: 0.3 })]);
const vae = buildVae({ kind: 'sd', scale: 0.02 });
const sha256 = createHash('sha256').update(lora).digest('hex');
const models = [
  {
    id: 7,
    name: 'Line',
    versions: [
      {
        id: 71,
        earlyAccessEndsAt: '2999-01-01T00:00:00.000Z',
        files: [{ id: 710, name: 'new.safetensors', content: vae }],
      },
      {
        id: 70,
        files: [
          { id: 700, name: 'line.safetensors', content: lora },
          { id: 701, name: 'line.vae.safetensors', content: vae, type: 'VAE' },
        ],
      },
      { id: 72, needsKey: true, files: [{ id: 720, name: 'mine.safetensors', content: lora }] },
    ],
  },
  {
    id: 8,
    name: 'Old',
    mode: 'Archived' as const,
    versions: [{ id: 80, files: [{ id: 800, name: 'a.safetensors', content: lora }] }],
  },
];

async function scene() {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const site = parts.use(await startCivitai({ models }));
  const workspace = parts.use(
    await openWorkspace({
      root: folder.join('library'),
      civitai: { endpoint: site.siteUrl },
      hub: { endpoint: 'http://127.0.0.1:9' },
      privateOrigins: [site.storageUrl],
    }),
  );
  const owned = parts.move();
  return { site, workspace, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe('a version on Civitai', () => {
  it.each([
    'civitai:7@70',
    'civitai:7',
    'https://civitai.com/models/7?modelVersionId=70',
    'https://civitai.com/api/download/models/70',
  ])('is known from the beginning of its file: %s', async (reference) => {
    await using place = await scene();
    const found = await place.workspace.identifyRemote(reference);
    expect(found).toMatchObject({
      scan: { type: 'lora', family: 'flux1' },
      files: [{ path: 'line.safetensors', sizeBytes: lora.length, sha256 }],
      sets: [],
      commit: null,
    });
    expect(found.bytesFetched).toBeLessThan(lora.length);
    expect(structuredClone(found)).toEqual(found);
  });

  it('is told by the file that is named', async () => {
    await using place = await scene();
    expect(await place.workspace.identifyRemote('civitai:7@70', { include: ['*.vae.*'] })).toMatchObject({
      scan: { type: 'vae' },
      files: [{ path: 'line.vae.safetensors' }],
    });
    expect(
      await place.workspace.identifyRemote('https://civitai.com/api/download/models/70?type=VAE&format=SafeTensor'),
    ).toMatchObject({ scan: { type: 'vae' } });
  });

  it.each([
    ['civitai:8@80', 'civitai.removed'],
    ['civitai:99', 'civitai.not-found'],
    ['civitai:7@71', 'network.status'],
    ['civitai:7@72', 'network.status'],
  ])('of which nothing may be had says so: %s', async (reference, code) => {
    await using place = await scene();
    await expect(place.workspace.identifyRemote(reference)).rejects.toMatchObject({ code });
  });

  it('is identified like a file: with where it is from', async () => {
    await using place = await scene();
    const found = await place.workspace.identify('civitai:7@70').result;
    expect(found).toMatchObject({
      url: 'civitai:7@70',
      sha256,
      facts: { type: 'lora', family: 'flux1' },
      loading: 'data-only',
      civitai: { modelId: 7, versionId: 70 },
    });
  });
});
