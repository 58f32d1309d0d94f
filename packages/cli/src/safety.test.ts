import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPickleCheckpoint } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from './main.ts';
import type { Terminal } from './output/terminal.ts';

let folder: string;

async function run(...args: readonly string[]): Promise<{ exitCode: number; out: string; err: string }> {
  const shown = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => (shown.out += `${text}\n`),
    err: (text) => (shown.err += `${text}\n`),
    progressStream: null,
  };
  return { exitCode: await main([...args, '--root', join(folder, 'library')], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-'));
  await writeFile(join(folder, 'evil.ckpt'), "cos\nsystem\n(S'echo \u001b[2J'\ntR.");
  await writeFile(join(folder, 'good.ckpt'), buildPickleCheckpoint({ tensors: { a: 4 } }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a checkpoint that runs code is stored, and everybody is told', async () => {
  const imported = await run('import', join(folder, 'evil.ckpt'), join(folder, 'good.ckpt'));
  expect(imported.exitCode).toBe(0);
  expect(imported.err).toMatch(/warning: \S*evil is dangerous: dangerous {2}os\.system: .* \(byte 0\)/);
  expect(imported.err).not.toContain('good');

  const { out } = await run('list', '--json');
  const { models } = JSON.parse(out) as {
    readonly models: readonly { readonly id: string; readonly cleanedName: string; readonly safety: unknown }[];
  };
  const evil = models.find(({ cleanedName }) => cleanedName === 'evil');
  expect(evil).toMatchObject({
    format: 'pickle',
    safety: { verdict: 'dangerous', findings: [{ global: 'os.system', offset: 0, member: null, file: null }] },
  });
  expect(models.find(({ cleanedName }) => cleanedName === 'good')).toMatchObject({
    safety: { verdict: 'no-findings', findings: [] },
  });

  const shown = await run('show', evil?.id ?? '');
  expect(shown.out).toMatch(/loading: +dangerous: it runs code/);
  expect(shown.out).toMatch(/findings:\n {2}dangerous {2}os\.system/);

  const verified = await run('verify');
  expect([verified.exitCode, verified.err]).toEqual([0, expect.stringMatching(/^dangerous to load: \S*evil\n$/)]);
});
