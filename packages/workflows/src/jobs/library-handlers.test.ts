import { mkdir, writeFile } from 'node:fs/promises';
import { ModelkeepError } from '@modelkeep/core';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import { judge } from './library-handlers.ts';
import { libraryJobTypes } from './payloads.ts';
import { results } from './results.ts';

it('what a job of each type leaves is of that type, and nothing else is', async () => {
  await using folder = await tempFolder();
  const [first, second] = ['one', 'two'].map((name) => folder.join(`${name}.safetensors`));
  await writeFile(first ?? '', buildFluxLora({ scale: 0.02 }));
  await writeFile(second ?? '', buildFluxLora({ scale: 0.02, fillSeed: 2 }));
  const appRoot = folder.join('ComfyUI');
  await mkdir(folder.join('ComfyUI', 'models', 'loras'), { recursive: true });
  await using library = await openWorkspace({ root: folder.join('library'), hub: { offline: true } });
  const jobs = await library.jobs.submitInOrder([
    { type: 'import', payload: { paths: [first ?? ''] } },
    { type: 'scan', payload: { roots: [folder.path] } },
    { type: 'hash', payload: {} },
    { type: 'verify', payload: {} },
    { type: 'sync-inventory', payload: {} },
    { type: 'map', payload: { app: 'comfyui', appRoot } },
  ]);
  await library.jobs.run({ untilIdle: true });
  const left = await Promise.all(jobs.map(({ id }) => library.jobs.get(id)));
  expect(left.map(({ type, state, result }) => [type, state, result])).toEqual([
    ['import', 'completed', { models: [expect.any(String)], skipped: 0 }],
    ['scan', 'completed', {}],
    ['hash', 'completed', {}],
    ['verify', 'completed', { problems: 0 }],
    ['sync-inventory', 'completed', { items: 2, appeared: 2, updated: 0, vanished: 0 }],
    ['map', 'completed', { counts: expect.objectContaining({ created: 2, failed: 0 }) as unknown }],
  ]);
  for (const type of libraryJobTypes) {
    for (const other of [null, 'done', { ok: true }]) expect(results[type].safeParse(other).success, type).toBe(false);
  }
});

it('takes a person, a network that is away and a full drive for no failure, and a wrong name for a final one', () => {
  const url = 'https://hub.example/acme/x';
  const gate = { reason: 'gate', url } as const;
  expect(judge(new ModelkeepError('workflows.waiting-for-user', { message: 'gated', facts: gate }))).toEqual({
    kind: 'wait-for-user',
    waiting: gate,
  });
  expect(
    judge(new ModelkeepError('network.offline', { message: 'off', facts: { url, systemCode: 'ENETUNREACH' } })),
  ).toMatchObject({ kind: 'postpone' });
  expect(
    judge(new ModelkeepError('network.rate-limited', { message: 'slow', facts: { url, retryAfterMs: 7_000 } })),
  ).toEqual({ kind: 'postpone', delayMs: 7_000 });
  expect(judge(new ModelkeepError('io.disk-full', { message: 'full', facts: { path: '/a' } }))).toEqual({
    kind: 'pause',
  });
  expect(judge(new ModelkeepError('library.read-only', { message: 'no', facts: { root: '/a' } }))).toMatchObject({
    kind: 'fail',
    final: true,
  });
  expect(judge(new Error('odd'))).toBeNull();
});
