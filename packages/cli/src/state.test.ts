import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { buildFluxLora, startHub, type LocalHub } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';

const TOKEN = 'canary-5ca1ab1e';
let folder: string;
let hub: LocalHub;

async function run(args: readonly string[], stdin = ''): Promise<{ exitCode: ExitCode; out: string; err: string }> {
  const shown = { out: '', err: '' };
  async function* piped(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(stdin);
  }
  const terminal = {
    out: (text: string): void => void (shown.out += `${text}\n`),
    err: (text: string): void => void (shown.err += `${text}\n`),
    progressStream: null,
    stdin: piped(),
  };
  return { exitCode: await main([...args, '--root', join(folder, 'library')], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
  hub = await startHub({
    tokens: [TOKEN],
    repos: [{ id: 'acme/lora', files: [{ path: 'a.safetensors', content: buildFluxLora({ scale: 0.02 }) }] }],
  });
});
afterAll(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('declares, tells what is missing, ensures it, and tells that it is ready', async () => {
  const file = join(folder, 'models.json');
  await writeFile(file, '{}');
  expect(await run(['declare', file])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('no JSON array') as string,
  });
  await writeFile(file, JSON.stringify([{ key: 'lora', source: 'hf:acme/lora', service: 'images' }]));
  expect(await run(['declare', file])).toMatchObject({ exitCode: 0, out: '1 declared\n' });
  const missing = await run(['status']);
  expect([missing.exitCode, missing.out]).toEqual([1, expect.stringMatching(/lora +missing +\? +images/)]);
  expect(await run(['ensure', '--endpoint', hub.hubUrl])).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/^1 ready, .* fetched\n$/) as string,
  });
  expect(JSON.parse((await run(['status', 'lora', '--json'])).out)).toMatchObject({
    models: [{ key: 'lora', state: 'ready', progress: { status: 'complete' } }],
    unknown: [],
  });
  expect((await run(['status', '--deep'])).exitCode).toBe(0);
  const library = join(folder, 'library');
  const names = await readdir(library, { recursive: true });
  const weights = join(library, names.find((name) => name.endsWith('a.safetensors')) ?? '');
  const bytes = await readFile(weights);
  await rm(weights);
  await writeFile(weights, bytes.with(bytes.length - 1, 7));
  expect((await run(['status', 'lora'])).exitCode).toBe(0);
  expect(await run(['status', 'lora', '--deep'])).toMatchObject({
    exitCode: 1,
    out: expect.stringMatching(/lora +missing/) as string,
  });
  expect(await run(['status', 'other'])).toMatchObject({ exitCode: 1, err: 'nobody has declared other\n' });
  const other = JSON.stringify([{ key: 'other', source: 'hf:acme/lora' }]);
  expect((await run(['declare', '-', '--replace'], other)).out).toBe('1 declared, 1 taken back\n');
});

it('keeps a token that is piped in, and shows it nowhere', async () => {
  expect(await run(['tokens'])).toMatchObject({ exitCode: 0, out: '' });
  const origin = 'https://hub.example.test';
  const shown = [
    await run(['tokens', 'set', origin], `${TOKEN}\n`),
    await run(['tokens', '--json']),
    await run(['tokens', 'list']),
    await run(['tokens', 'set', origin], `${TOKEN} and more`),
    await run(['tokens', 'set']),
    await run(['tokens', 'show', origin]),
  ];
  expect(shown.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 2, 2, 2]);
  expect(shown[2]?.out).toContain(origin);
  expect(JSON.stringify(shown)).not.toContain(TOKEN);
  expect(await run(['tokens', 'check', origin])).toMatchObject({ exitCode: 2 });
  const atHub = ['--endpoint', hub.hubUrl];
  const verdicts = [];
  for (const token of [TOKEN, `${TOKEN}-of-before`]) {
    await run(['tokens', 'set', 'huggingface', ...atHub], token);
    const { exitCode, out, err } = await run(['tokens', 'check', 'huggingface', ...atHub]);
    expect(out + err).not.toContain(TOKEN);
    verdicts.push([exitCode, out.trim()]);
  }
  expect(verdicts).toEqual([
    [0, `${hub.hubUrl} takes the token`],
    [1, `${hub.hubUrl} does not take the token`],
  ]);
  expect((await run(['tokens', 'delete', origin])).exitCode).toBe(0);
  expect((await run(['tokens', 'delete', origin])).exitCode).toBe(1);
});

it('copies what is shared, and forgets it after a copy', async () => {
  const only = JSON.stringify([{ key: 'only', source: 'hf:acme/lora' }]);
  await run(['declare', '-', '--replace'], only);
  await run(['tokens', 'set', 'https://kept.example.test'], TOKEN);
  const copy = (await run(['state', 'backup'])).out.trim();
  const { exitCode, out, err } = await run(['state', 'reset', '--json']);
  const { backup } = JSON.parse(out) as { backup: string };
  expect([exitCode, err]).toEqual([0, expect.stringContaining('models, jobs and tokens stay')]);
  for (const path of [copy, backup]) {
    using database = new DatabaseSync(path, { readOnly: true });
    expect(database.prepare('select key from fleet_declared').all()).toEqual([{ key: 'only' }]);
  }
  expect(await run(['status', 'only'])).toMatchObject({ exitCode: 1, err: 'nobody has declared only\n' });
  expect((await run(['tokens'])).out).toContain('https://kept.example.test');
  expect(await run(['state', 'forget'])).toMatchObject({ exitCode: 2 });
  expect(await run(['state'])).toMatchObject({ exitCode: 2 });
});
