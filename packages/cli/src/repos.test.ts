import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora, startHub, type LocalHub } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';

let folder: string;
let hub: LocalHub;

async function run(...args: readonly string[]): Promise<{ exitCode: ExitCode; out: string; err: string }> {
  const shown = { out: '', err: '' };
  const terminal = {
    out: (text: string): void => void (shown.out += `${text}\n`),
    err: (text: string): void => void (shown.err += `${text}\n`),
    progressStream: null,
  };
  const common = ['--root', join(folder, 'library'), '--endpoint', hub.hubUrl];
  return { exitCode: await main(['repos', ...args, ...common], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
  const files = [
    { path: 'a.safetensors', content: buildFluxLora({ scale: 0.02 }) },
    { path: 'README.md', content: Buffer.from('# A') },
  ];
  hub = await startHub({ repos: [{ id: 'acme/lora', files }] });
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('registers and syncs a repo, downloads a file of it by its id, and forgets it', async () => {
  const { out } = await run('add', 'hf:acme/lora');
  const id = out.trim();
  expect(await run('show', 'acme/lora')).toMatchObject({
    exitCode: 0,
    out: '',
    err: expect.stringContaining(id) as string,
  });
  expect(await run('sync', 'hf:acme/lora')).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(new RegExp(`^${id} is at [0-9a-f]{8}: 2 files, 1 here, 3 B fetched\n$`, 'u')) as string,
  });
  expect((await run()).out).toMatch(new RegExp(`${id} +acme/lora@main +synced`, 'u'));
  const { artifacts } = JSON.parse((await run('show', id, '--json')).out) as {
    artifacts: { id: string; path: string }[];
  };
  const weights = artifacts.find(({ path }) => path === 'a.safetensors')?.id ?? '';
  expect((await run('show', id)).out).toMatch(new RegExp(`${weights} +pending .* a\\.safetensors`, 'u'));
  expect(await run('download', weights)).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/library.*a\.safetensors\n$/u) as string,
  });
  expect((await run('show', id)).out).not.toContain('pending');
  expect((await run('remove', 'acme/lora@main')).exitCode).toBe(0);
  expect(await run('remove', 'acme/lora')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('registered') as string,
  });
  expect((await run()).err).toContain('no repo is registered');
});

it('says what is wrong, and keeps what the hub answered', async () => {
  expect((await run('download')).exitCode).toBe(2);
  expect((await run('fetch')).exitCode).toBe(2);
  expect(await run('download', 'none', '--json')).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining('"fleet.not-found"') as string,
  });
  expect((await run('sync', 'hf:acme/none')).exitCode).toBe(1);
  expect((await run('list')).out).toMatch(/acme\/none@main +error: hub\./u);
});
