import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, probe } from '../http/probe.ts';
import type { LocalHub } from '../local-hub.ts';
import { startHub } from '../start-hub.ts';

let hub: LocalHub;

beforeAll(async () => {
  hub = await startHub({
    repos: [
      {
        id: 'acme/tiny',
        files: [
          { path: 'config.json', content: Buffer.from('hello\n') },
          { path: 'unet/model.safetensors', content: Buffer.from('weights') },
        ],
        licence: 'apache-2.0',
        tags: ['flux'],
        pipelineTag: 'text-to-image',
        libraryName: 'diffusers',
        baseModels: ['acme/base'],
        cardData: { language: 'en' },
        gated: 'auto',
        downloads: 7,
        likes: 3,
        branches: ['dev'],
        refs: ['refs/pr/1'],
      },
      { id: 'gpt2', files: [] },
      { id: 'acme/words', type: 'dataset', files: [] },
    ],
  });
});

afterAll(() => hub.close());

test('the info of a model, with the tags that the hub derives', async () => {
  const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny`);
  expect(answer.status).toBe(200);
  expect(jsonOf(answer)).toEqual({
    _id: expect.stringMatching(/^[0-9a-f]{24}$/),
    id: 'acme/tiny',
    modelId: 'acme/tiny',
    author: 'acme',
    sha: await hub.commitOf('acme/tiny'),
    private: false,
    disabled: false,
    gated: 'auto',
    pipeline_tag: 'text-to-image',
    library_name: 'diffusers',
    tags: ['flux', 'diffusers', 'text-to-image', 'base_model:acme/base', 'license:apache-2.0', 'region:us'],
    downloads: 7,
    likes: 3,
    createdAt: '2026-01-01T00:00:00.000Z',
    lastModified: '2026-01-01T00:00:00.000Z',
    config: {},
    cardData: {
      license: 'apache-2.0',
      tags: ['flux'],
      base_model: ['acme/base'],
      pipeline_tag: 'text-to-image',
      library_name: 'diffusers',
      language: 'en',
    },
    siblings: [{ rfilename: 'config.json' }, { rfilename: 'unet/model.safetensors' }],
    usedStorage: 13,
  });
});

test('blobs=true tells sizes and hashes, with the key lfs.sha256', async () => {
  const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny/revision/main?blobs=true&securityStatus=true`);
  expect(jsonOf(answer)).toMatchObject({
    siblings: [
      { rfilename: 'config.json', blobId: 'ce013625030ba8dba906f756967f9e9ca394464a', size: 6 },
      {
        rfilename: 'unet/model.safetensors',
        blobId: expect.stringMatching(/^[0-9a-f]{40}$/),
        size: 7,
        lfs: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size: 7, pointerSize: 126 },
      },
    ],
    securityRepoStatus: { scansDone: false, filesWithIssues: [] },
  });
});

test('expand gives exactly the ids and what was asked', async () => {
  const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny?expand=gated&expand=sha&expand=safetensors`);
  const sha = await hub.commitOf('acme/tiny');
  expect(jsonOf(answer)).toEqual({ _id: expect.any(String) as string, id: 'acme/tiny', gated: 'auto', sha });
});

test('a bad value of expand is a 400 that lists the valid ones', async () => {
  const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny?expand=nothing`);
  expect(answer.status).toBe(400);
  expect(answer.headers['x-error-message']).toContain('expected one of "author"|"baseModels"|"cardData"');
});

test('a revision is a branch, a tag, a reference or a whole commit id', async () => {
  const commit = await hub.commitOf('acme/tiny');
  for (const revision of ['main', 'dev', 'refs%2Fpr%2F1', 'refs%2Fheads%2Fmain', commit]) {
    const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny/revision/${revision}`);
    expect(answer.status, revision).toBe(200);
    expect(jsonOf(answer)).toMatchObject({ sha: commit });
  }
  for (const revision of [commit.slice(0, 7), 'nothing', '0'.repeat(40)]) {
    const answer = await probe(`${hub.hubUrl}/api/models/acme/tiny/revision/${revision}`);
    expect(answer.status, revision).toBe(404);
    expect(answer.headers['x-error-code']).toBe('RevisionNotFound');
  }
});

test('ids of one segment and datasets', async () => {
  const model = await probe(`${hub.hubUrl}/api/models/gpt2`);
  expect(jsonOf(model)).toMatchObject({ id: 'gpt2', modelId: 'gpt2' });
  expect(jsonOf(model)).not.toHaveProperty('author');
  const dataset = await probe(`${hub.hubUrl}/api/datasets/acme/words`);
  expect(jsonOf(dataset)).toMatchObject({ id: 'acme/words', siblings: [] });
  expect(jsonOf(dataset)).not.toHaveProperty('modelId');
  expect((await probe(`${hub.hubUrl}/api/models/acme/words`)).status).toBe(401);
});
