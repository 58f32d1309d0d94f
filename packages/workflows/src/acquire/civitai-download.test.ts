import { createHash } from 'node:crypto';
import { buildFluxLora, startCivitai, type CivitaiModelDefinition, type CivitaiOptions } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { tempFolder } from '../workspace.test-helper.ts';

const lora = buildFluxLora({ scale: 0.02 });
const newer = buildFluxLora({ scale: 0.03 });
const sha256 = createHash('sha256').update(lora).digest('hex');

const models: CivitaiModelDefinition[] = [
  {
    id: 7,
    name: 'Thick line',
    description: '<p>Comic</p>',
    tags: ['style'],
    versions: [
      {
        id: 71,
        earlyAccessEndsAt: '2999-01-01T00:00:00.000Z',
        files: [{ id: 710, name: 'thick-line-v2.safetensors', content: newer }],
      },
      {
        id: 70,
        baseModel: 'Flux.1 D',
        trainedWords: ['ink'],
        files: [
          { id: 701, name: 'training.zip', content: Buffer.from('zip'), type: 'Training Data', primary: false },
          { id: 700, name: 'thick-line.safetensors', content: lora, primary: true },
        ],
      },
    ],
  },
  { id: 8, name: 'Old', mode: 'Archived', versions: [{ id: 80, files: [{ id: 800, name: 'o.ckpt', content: lora }] }] },
  {
    id: 9,
    name: 'Key',
    versions: [{ id: 90, needsKey: true, files: [{ id: 900, name: 'k.safetensors', content: newer }] }],
  },
  { id: 10, name: 'Bad', versions: [{ id: 100, files: [{ id: 1000, name: '../../x.safetensors', content: lora }] }] },
];

async function scene(options: CivitaiOptions = {}) {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(await tempFolder());
  const site = parts.use(await startCivitai({ models, ...options }));
  const account: { key: string | undefined } = { key: undefined };
  const workspace = parts.use(
    await openWorkspace({
      root: folder.join('library'),
      civitai: { endpoint: site.siteUrl, apiKey: () => account.key },
      privateOrigins: 'all',
    }),
  );
  const owned = parts.move();
  return { site, account, workspace, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe('a download from Civitai', () => {
  it('takes the file that the site means, verified, with all that is told of it', async () => {
    await using place = await scene();
    const { site, account, workspace } = place;
    account.key = 'secret-key';
    const plan = await workspace.planDownload('civitai:7');
    expect(plan).toMatchObject({
      source: { provider: 'civitai', modelId: 7, versionId: 70, fileIds: { 'thick-line.safetensors': 700 } },
      files: [{ path: 'thick-line.safetensors', sizeBytes: lora.length, sha256, present: false }],
      bytesNeeded: lora.length,
      tags: ['style'],
      description: 'Comic',
      gate: null,
    });
    expect(structuredClone(plan)).toEqual(plan);
    const { models: found, files } = await workspace.download(plan).result;
    expect(files).toEqual([{ name: 'thick-line.safetensors', sha256, sizeBytes: lora.length, verified: 'sha256' }]);
    expect(found[0]).toMatchObject({
      baseModel: 'Flux.1 D',
      triggerWords: ['ink'],
      tags: ['style'],
      civitai: { modelId: 7, versionId: 70, fileId: 700, modelName: 'Thick line' },
      origins: { triggerWords: 'civitai-api' },
      sources: [
        { provider: 'civitai', endpoint: site.siteUrl, repo: '7', revision: '70', path: 'thick-line.safetensors' },
      ],
    });
    const stored = site.requests.filter(({ origin }) => origin === 'cdn');
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(site.requests.filter(({ url }) => url.includes('secret-key'))).toEqual([]);
    expect(JSON.stringify(found)).not.toContain('secret-key');

    site.resetRequests();
    expect(await workspace.enrich().result).toMatchObject({ updated: [], hashesAsked: 0 });
    expect(
      (await workspace.planDownload(`${site.siteUrl.replace(/.*/u, 'https://civitai.com')}/models/7?modelVersionId=70`))
        .files[0],
    ).toMatchObject({ present: true });
    expect(site.requests.map(({ path }) => path)).toEqual(['/api/v1/model-versions/70']);
  });

  it('waits for a person where early access is sold or a key is wanted, and goes on', async () => {
    await using place = await scene({ supporters: ['bought'] });
    const { site, account, workspace } = place;
    const early = await workspace.planDownload('civitai:@71');
    expect(early.gate).toEqual({
      kind: 'early-access',
      granted: false,
      reason: 'early-access',
      acceptUrl: `${site.siteUrl}/models/7?modelVersionId=71`,
      until: '2999-01-01T00:00:00.000Z',
    });
    await expect(workspace.download(early, { whenUserIsNeeded: 'fail' }).result).rejects.toMatchObject({
      code: 'workflows.waiting-for-user',
      facts: { reason: 'early-access' },
    });
    const download = workspace.download(early);
    await new Promise<void>((resolve) => {
      download.progress.subscribe(({ phase, waiting }) => {
        if (phase !== 'waiting-for-user') return;
        expect(waiting).toMatchObject({ reason: 'early-access', until: '2999-01-01T00:00:00.000Z' });
        resolve();
      });
    });
    account.key = 'bought';
    download.resume();
    expect((await download.result).files).toHaveLength(1);
    account.key = undefined;
    site.setModels(
      models.map((model) =>
        model.id === 9
          ? {
              ...model,
              versions: [
                {
                  id: 90,
                  needsKey: true,
                  files: [{ id: 900, name: 'k.safetensors', content: buildFluxLora({ scale: 0.04 }) }],
                },
              ],
            }
          : model,
      ),
    );
    const locked = await workspace.planDownload('civitai:9');
    expect(locked.gate).toMatchObject({ reason: 'token' });
    account.key = 'any';
    expect((await workspace.download(locked).result).models).toHaveLength(1);
  });

  it.each([
    ['civitai:8', 'civitai.removed'],
    ['civitai:@80', 'civitai.removed'],
    ['civitai:555', 'civitai.not-found'],
    ['civitai:10', 'library.unsafe-name'],
    ['https://civitai.com/api/download/models/70?fileId=999', 'civitai.nothing-selected'],
    ['https://civitai.com/api/download/models/70?fileId=701', 'library.nothing-to-import'],
  ])('of %s is refused before anything is fetched: %s', async (reference, code) => {
    await using place = await scene();
    await expect(place.workspace.planDownload(reference)).rejects.toMatchObject({ code });
    expect(place.site.requests.filter(({ origin }) => origin === 'cdn')).toEqual([]);
  });

  it('never stores an error in place of a model, nor other bytes than the site has promised', async () => {
    await using place = await scene();
    const { site, workspace } = place;
    const plan = await workspace.planDownload('civitai:@70', { include: ['*.safetensors'] });
    site.faults.arm({ when: { origin: 'cdn', times: 20 }, fault: { kind: 'text', text: '{"error":"no"}' } });
    await expect(workspace.download(plan).result).rejects.toMatchObject({
      code: expect.stringMatching(/^transfer\./u),
    });
    site.faults.clear();
    const flipped = Buffer.from(lora);
    flipped[lora.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    const files = [
      { id: 700, name: 'thick-line.safetensors', content: flipped, hashes: { SHA256: sha256.toUpperCase() } },
    ];
    site.setModels([{ id: 7, name: 'Thick line', versions: [{ id: 70, files }] }]);
    await expect(workspace.download(plan).result).rejects.toMatchObject({ code: 'transfer.integrity' });
    expect(await workspace.list()).toEqual([]);
    site.setModels(models);
    expect((await workspace.download(plan).result).models).toHaveLength(1);
  });
});
