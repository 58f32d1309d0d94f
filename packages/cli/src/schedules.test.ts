import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExitCode } from './exit-code.ts';
import { main } from './main.ts';

let folder: string;

async function run(...args: readonly string[]): Promise<{ exitCode: ExitCode; out: string; err: string }> {
  const shown = { out: '', err: '' };
  const terminal = {
    out: (text: string): void => void (shown.out += `${text}\n`),
    err: (text: string): void => void (shown.err += `${text}\n`),
    progressStream: null,
  };
  return { exitCode: await main([...args, '--root', join(folder, 'library')], terminal), ...shown };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-schedules-'));
  await mkdir(join(folder, 'loras'));
  await writeFile(join(folder, 'loras', 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('adds, lists and removes what is submitted again and again, and whoever does jobs does it', async () => {
  const payload = JSON.stringify({ roots: [join(folder, 'loras')] });
  expect(await run('schedules', 'add', 'loras', 'scan', payload, '--every', '1s')).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/^loras is submitted from \d{4}-/) as string,
  });
  const cron = ['--cron', '30 2 * * *', '--time-zone', 'Europe/Berlin'];
  expect((await run('schedules', 'add', 'tell', 'sync-inventory', ...cron)).exitCode).toBe(0);
  expect((await run('schedules')).out).toMatch(/loras +scan +1 s .*\n.*tell +sync-inventory +30 2 \* \* \* \(Europe/);
  const scans = async (): Promise<string[]> => {
    await run('jobs', 'run', '--until-idle');
    const { jobs } = JSON.parse((await run('jobs', '--json')).out) as { jobs: { type: string; state: string }[] };
    return jobs.filter(({ type }) => type === 'scan').map(({ state }) => state);
  };
  await expect.poll(scans, { timeout: 30_000, interval: 1_000 }).toContain('completed');
  expect((await run('list')).out).toContain('line');
  expect((await run('schedules', 'remove', 'loras')).exitCode).toBe(0);
  expect((await run('schedules', 'remove', 'loras')).exitCode).toBe(1);
  expect(JSON.parse((await run('schedules', '--json')).out)).toMatchObject({ schedules: [{ id: 'tell' }] });
}, 60_000);

it.each([
  [['add', 'x', 'scan'], 'takes something else'],
  [['add', 'x', 'scan', '--every', '1h', '--cron', '* * * * *'], 'takes something else'],
  [['add', 'x', 'scan', '--every', '1h', '--time-zone', 'UTC'], 'takes something else'],
  [['add', 'x', 'scan', '--every', 'daily'], 'a duration is expected'],
  [['add', 'x', 'scan', '{', '--every', '1h'], 'is JSON'],
  [['add', 'x', 'fly', '--every', '1h'], 'there is no job type fly'],
  [['add', 'X Y', 'sync-inventory', '--every', '1h'], 'X Y'],
  [['add', 'x', 'sync-inventory', '--cron', 'often'], 'often'],
  [['add', 'x', 'sync-inventory', '--cron', '* * * * *', '--time-zone', 'Mars/Base'], 'Mars/Base'],
  [['add', 'x', 'sync-inventory', '--every', '0.5s'], 'at least a second'],
  [['remove'], 'takes something else'],
  [['list', 'x'], 'takes something else'],
  [['fly'], 'Allowed choices are'],
])('schedules %j says what is wrong', async (args, text) => {
  const { exitCode, err, out } = await run('schedules', ...args);
  expect([exitCode, err, out]).toEqual([2, expect.stringContaining(text), '']);
});
