import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonOf, probe } from './http/probe.ts';

const program = fileURLToPath(new URL('../../bin/hub.ts', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-hub-'));
  await mkdir(join(folder, 'models/acme/tiny'), { recursive: true });
  await mkdir(join(folder, 'empty'));
  await writeFile(join(folder, 'models/acme/tiny/config.json'), 'hello\n');
});

afterAll(() => rm(folder, { recursive: true }));

interface Run {
  /** The first URL of a line that starts with this word. */
  url(word: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string; err: string }>;
}

function run(...argv: string[]): Run {
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...argv]);
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...text,
  }));
  return {
    async url(word) {
      const pattern = new RegExp(`^${word} +(http:\\S+)$`, 'm');
      while (!text.out.includes('Ctrl+C'))
        await Promise.race([once(child.stdout, 'data'), ended.then(({ err }) => Promise.reject(new Error(err)))]);
      return pattern.exec(text.out)?.[1] ?? '';
    },
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

test.each(['SIGINT', 'SIGTERM'] as const)('serves a folder until %s, then ends cleanly', async (signal) => {
  const hub = run('--folder', join(folder, 'models'));
  const hubUrl = await hub.url('hub');
  expect(await hub.url('cdn')).not.toBe(hubUrl);
  expect(jsonOf(await probe(`${hubUrl}/api/models/acme/tiny`))).toMatchObject({ id: 'acme/tiny' });
  hub.kill(signal);
  const { code, err, out } = await hub.ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain(`modelkeep.js get hf:acme/tiny --endpoint ${hubUrl} --root `);
});

test('wrong arguments end with 2 and the usage on stderr', async () => {
  const { code, err, out } = await run('--port', '80').ended;
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^Give --folder DIR, --demo or both\n\nUsage: pnpm hub/);
});

test('help ends with 0', async () => {
  const { code, out } = await run('--help').ended;
  expect(code).toBe(0);
  expect(out).toContain('Usage: pnpm hub');
});

test('a folder without repos or that is not there ends with 1', async () => {
  const empty = await run('--folder', join(folder, 'empty')).ended;
  expect([empty.code, empty.err]).toEqual([1, expect.stringContaining('expected <org>/<name>/<files>') as string]);
  const missing = await run('--folder', join(folder, 'nothing')).ended;
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('ENOENT') as string]);
});
