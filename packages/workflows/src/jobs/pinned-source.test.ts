import { expect, it } from 'vitest';
import type { CivitaiPlanSource, DownloadPlan } from '../acquire/download-plan.ts';
import { pinOf, planPinned, readCheckpoint } from './pinned-source.ts';

const commit = 'c'.repeat(40);
const civitai = { provider: 'civitai', endpoint: 'https://civitai.com', modelId: 7, versionId: 9 } as CivitaiPlanSource;

it('pins what a reference leaves open, and nothing that it says itself', () => {
  const hub = { provider: 'hf', endpoint: 'https://hub.example', repo: 'acme/x', revision: 'main', commit } as const;
  expect(pinOf('hf:acme/x', hub)).toEqual({ provider: 'hf', revision: 'main', commit });
  expect(pinOf('civitai:7', civitai)).toEqual({ provider: 'civitai', modelId: 7, versionId: 9 });
  // It may name a file of the version as well.
  expect(pinOf('https://civitai.com/api/download/models/9?format=SafeTensor', civitai)).toBeNull();
  expect(pinOf('https://files.example/a', { provider: 'url', url: 'https://files.example/a' })).toBeNull();
});

it('plans the version that an earlier attempt meant', async () => {
  const asked: unknown[] = [];
  const plan = { source: civitai } as DownloadPlan;
  const workspace = {
    planDownload: (reference: string, options?: object) => {
      asked.push([reference, options]);
      return Promise.resolve(plan);
    },
  };
  const request = { reference: 'civitai:7', include: ['*.safetensors'] };
  expect(await planPinned(workspace, request, pinOf('civitai:7', civitai))).toBe(plan);
  await planPinned(workspace, request, null);
  expect(asked).toEqual([
    ['civitai:7@9', { include: ['*.safetensors'] }],
    ['civitai:7', { include: ['*.safetensors'] }],
  ]);
});

it('takes a checkpoint that is damaged for none', () => {
  const good = { source: { provider: 'hf', revision: 'main', commit }, bytesDone: 5 };
  expect(readCheckpoint(good)).toEqual(good);
  for (const bad of [
    null,
    'x',
    { ...good, bytesDone: -1 },
    { ...good, source: { ...good.source, commit: 'main' } },
    { ...good, source: { provider: 'civitai', modelId: 0, versionId: 1 } },
  ]) {
    expect(readCheckpoint(bad)).toBeNull();
  }
});
