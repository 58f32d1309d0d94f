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
  return { exitCode: await main(['jobs', ...args, '--root', join(folder, 'library')], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-jobs-'));
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('submits, does, shows and controls jobs', async () => {
  const payload = JSON.stringify({ paths: [join(folder, 'line.safetensors')] });
  const id = (await run('submit', 'import', payload)).out.trim();
  expect(await run('submit', 'import', payload)).toMatchObject({
    exitCode: 0,
    out: `${id}\n`,
    err: expect.stringContaining('not over') as string,
  });
  expect(await run('pause', id)).toMatchObject({ exitCode: 0 });
  expect((await run()).out).toMatch(new RegExp(`${id}  import  paused`));
  expect(await run('pause', id)).toMatchObject({ exitCode: 1, err: expect.stringContaining('is paused') as string });
  expect(await run('resume', id)).toMatchObject({ exitCode: 0 });
  expect(await run('run', '--until-idle')).toMatchObject({ exitCode: 0 });
  expect(JSON.parse((await run('show', id)).out)).toMatchObject({ state: 'completed', result: { skipped: 0 } });
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['fly'], 'Allowed choices are'],
    [['show'], 'jobs show takes something else'],
    [['submit', 'fly'], 'there is no job type fly'],
    [['submit', 'scan', '{'], 'is JSON'],
    [['submit', 'scan', '{"roots": [], "x": 1}'], 'is not as it should be'],
    [['cancel', 'none'], 'there is no job none'],
  ];
  const signed = await run('submit', 'download', '{"reference": https://files.example/a?Signature=canary');
  expect([signed.exitCode === 0, signed.out + signed.err]).toEqual([false, expect.not.stringContaining('canary')]);
  for (const [args, text] of wrong) {
    const { exitCode, err } = await run(...args);
    expect([exitCode === 0, err]).toEqual([false, expect.stringContaining(text)]);
  }
  expect(JSON.parse((await run('list', '--json')).out)).toMatchObject({ jobs: [{ id }] });
});
