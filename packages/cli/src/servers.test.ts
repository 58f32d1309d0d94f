import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';
import type { Terminal } from './output/terminal.ts';

let folder: string;

async function run(...args: readonly string[]): Promise<{ exitCode: ExitCode; out: string; err: string }> {
  const shown = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => (shown.out += `${text}\n`),
    err: (text) => (shown.err += `${text}\n`),
    progressStream: null,
  };
  return { exitCode: await main(['servers', ...args, '--root', join(folder, 'library')], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  const silent: Terminal = { out: () => {}, err: () => {}, progressStream: null };
  await main(['import', join(folder, 'line.safetensors'), '--root', join(folder, 'library')], silent);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  [['fly'], 'Allowed choices are list, check, sync, remove.'],
  [['check'], 'servers check takes models'],
  [['remove'], 'servers remove takes one server'],
  [['sync', 'all'], 'servers sync takes nothing more'],
])('servers %j is wrong usage', async (args, text) => {
  const { exitCode, err } = await run(...args);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(text)]);
});

it('tells what the library has, and who has what a job needs', async () => {
  expect(await run()).toMatchObject({ exitCode: 0, out: '', err: expect.stringContaining('servers sync') as string });
  const { out } = await run('sync');
  expect(out).toMatch(/^[0-9a-f-]{36} has 1 files: 1 new, 0 changed, 0 gone\n$/);
  expect(JSON.parse((await run('sync', '--json')).out)).toMatchObject({ changed: false, items: 1 });
  const [id = ''] = out.split(' ');
  expect((await run('list')).out).toContain(`${id}  `);
  expect(await run('check', 'line.safetensors')).toMatchObject({
    exitCode: 0,
    out: `ready  ${id}  has everything; 0.00 jobs for each slot\n`,
  });
  expect(await run('check', 'other.safetensors')).toMatchObject({
    exitCode: 1,
    err: 'nobody knows other.safetensors\n',
  });
  expect(await run('check', 'civitai:12')).toMatchObject({ exitCode: 2 });
  expect(JSON.parse((await run('check', 'line.safetensors', '--json')).out)).toMatchObject({
    models: [{ model: 'line.safetensors', copies: 1 }],
    servers: [{ ready: true }],
  });
  expect((await run('remove', id)).exitCode).toBe(0);
  expect((await run('remove', id)).exitCode).toBe(1);
});
