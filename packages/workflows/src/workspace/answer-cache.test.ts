import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHub } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from './open-workspace.ts';

const repo = { id: 'acme/x', files: [{ path: 'x.safetensors', content: new Uint8Array(10) }] };
const TOKEN = 'hf_canary0123456789abcdefghijkl';

const keptIn = async (root: string): Promise<string[]> => {
  try {
    return await readdir(join(root, '.modelkeep', 'http-cache'));
  } catch {
    // There is no such folder before something is kept.
    return [];
  }
};

it('keeps what the hub said, so that a plan can be made while the hub is gone, in another process too', async () => {
  await using folder = await tempFolder();
  const root = folder.join('library');
  const hub = await startHub({ repos: [repo] });
  const options = { root, hub: { endpoint: hub.hubUrl } };
  {
    await using workspace = await openWorkspace(options);
    const plan = await workspace.planDownload('hf:acme/x');
    expect(plan).toMatchObject({ bytesNeeded: 10 });
  }
  expect((await keptIn(root)).length).toBeGreaterThan(0);
  await hub[Symbol.asyncDispose]();
  {
    await using workspace = await openWorkspace(options);
    const plan = await workspace.planDownload('hf:acme/x');
    expect(plan).toMatchObject({ bytesNeeded: 10 });
    await expect(workspace.planDownload('hf:acme/other')).rejects.toMatchObject({ code: 'network.connection' });
  }
  await using offline = await openWorkspace({ ...options, hub: { ...options.hub, offline: true } });
  await expect(offline.planDownload('hf:acme/x')).rejects.toMatchObject({ code: 'network.offline' });
}, 60_000);

it('keeps nothing on the drive that a token was sent for, and nothing where it may only read', async () => {
  await using folder = await tempFolder();
  const root = folder.join('library');
  await using hub = await startHub({ repos: [repo], tokens: [TOKEN] });
  {
    await using workspace = await openWorkspace({ root, hub: { endpoint: hub.hubUrl, token: TOKEN } });
    const plan = await workspace.planDownload('hf:acme/x');
    expect(plan).toMatchObject({ bytesNeeded: 10 });
  }
  expect(await keptIn(root)).toEqual([]);
  {
    await using reader = await openWorkspace({ root, mode: 'read', hub: { endpoint: hub.hubUrl } });
    const plan = await reader.planDownload('hf:acme/x');
    expect(plan).toMatchObject({ bytesNeeded: 10 });
  }
  expect(await keptIn(root)).toEqual([]);
  for (const name of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    expect((await readFile(join(name.parentPath, name.name))).includes(TOKEN), name.name).toBe(false);
  }
});
