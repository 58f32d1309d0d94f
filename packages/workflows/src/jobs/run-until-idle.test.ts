import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';

async function openOne(): Promise<Workspace> {
  const folder = await tempFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const workspace = await openWorkspace({ root: folder.join('library') });
  onTestFinished(() => workspace.close());
  return workspace;
}

it('ends when all that is left waits for a paused job, and does it after that one', async () => {
  const { jobs } = await openOne();
  const first = await jobs.submit('verify', { depth: 'size' });
  await jobs.pause(first.id);
  const second = await jobs.submit('verify', {}, { after: [first.id] });
  const third = await jobs.submit('hash', {}, { after: [second.id] });
  const free = await jobs.submit('hash', { models: [] });
  await jobs.run({ untilIdle: true });
  expect(await jobs.get(free.id)).toMatchObject({ state: 'completed' });
  for (const { id } of [second, third]) expect(await jobs.get(id)).toMatchObject({ state: 'pending', blockedBy: 1 });
  await jobs.resume(first.id);
  await jobs.run({ untilIdle: true });
  for (const { id } of [first, second, third]) expect(await jobs.get(id)).toMatchObject({ state: 'completed' });
});

it('ends when all that is left waits for a person, or for a later time', async () => {
  const folder = await tempFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const files = [{ path: 'lora.safetensors', content: buildFluxLora(), storage: 'lfs' as const }];
  await using hub = await startHub({ repos: [{ id: 'acme/gated', files, gated: 'auto' }] });
  await using workspace = await openWorkspace({
    root: folder.join('library'),
    hub: { endpoint: hub.hubUrl, token: null },
  });
  const { jobs } = workspace;
  const gated = await jobs.submit('download', { reference: 'hf:acme/gated' });
  const after = await jobs.submit('verify', {}, { after: [gated.id] });
  const later = await jobs.submit('hash', {}, { runAtMs: Date.now() + 3_600_000 });
  await jobs.run({ untilIdle: true });
  expect(await jobs.get(gated.id)).toMatchObject({ state: 'waiting-for-user', waiting: { reason: 'token' } });
  for (const { id } of [after, later]) expect(await jobs.get(id)).toMatchObject({ state: 'pending' });
});
