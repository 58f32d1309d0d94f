import { buildFluxLora, startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

it('a repo is registered and synced by a job, which waits for a person where a gate is closed', async () => {
  await using folder = await tempFolder();
  const files = [
    { path: 'a.safetensors', content: buildFluxLora({ scale: 0.02 }) },
    { path: 'config.json', content: Buffer.from('{}') },
    { path: '../x.json', content: Buffer.from('no') },
  ];
  await using hub = await startHub({ repos: [{ id: 'acme/lora', files, gated: 'auto' }] });
  await using library = await openWorkspace({ root: folder.join('library'), hub: { endpoint: hub.hubUrl } });
  const { jobs, repos } = library;
  const reference = 'hf:acme/lora@main';
  const { id } = await jobs.submit('sync', { reference });
  expect(await jobs.submit('sync', { reference })).toEqual({ id, added: false });
  await jobs.run({ untilIdle: true });
  expect(await jobs.get(id)).toMatchObject({ state: 'waiting-for-user', waiting: { reason: 'token' } });

  hub.changeRepo('acme/lora', { gated: false });
  await jobs.resume(id);
  await jobs.run({ untilIdle: true });
  const [repo] = await repos.list();
  expect(await jobs.get(id)).toMatchObject({
    state: 'completed',
    result: { repoId: repo?.id, commit: repo?.commit, artifacts: 3, bytesFetched: 2 },
  });
  expect((await repos.artifacts()).map(({ path, status }) => [path, status])).toEqual([
    ['../x.json', 'failed'],
    ['a.safetensors', 'pending'],
    ['config.json', 'completed'],
  ]);
  await expect(jobs.submit('sync', { reference: 'hf:acme/lora', now: true } as never)).rejects.toMatchObject({
    code: 'core.invalid-argument',
  });
});
