import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@modelkeep/core';
import { buildFluxModel, startPostgres } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { openLibrary } from './open-library.ts';

const MIB = 1_048_576;
const program = fileURLToPath(new URL('two-machines.test-child.ts', import.meta.url));

function start(...words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

it('a machine gets its model from another one; killed half-way it goes on, and it has the model when the other is gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-two-machines-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await using postgres = await startPostgres();
  const url = await postgres.createDatabase();
  const secret = randomBytes(32).toString('base64');
  const content = buildFluxModel({ scale: 5 });
  const file = join(folder, 'flux.safetensors');
  await writeFile(file, content);

  const one = start('serve', join(folder, 'one'), url, secret, file);
  const [said] = (await once(createInterface({ input: one.stdout ?? process.stdin }), 'line')) as [string];
  const { endpoint, sha256 } = JSON.parse(said) as { endpoint: string; sha256: string };

  const database = { url, tokenKey: secret };
  const options = { root: join(folder, 'two'), database, environment: {}, servers: { serverId: 'two' } };
  // One connection: what two bring of the same place would be counted twice.
  const own = { ...options, privateOrigins: [endpoint], downloads: { connections: 1 } };
  let id: string;
  {
    await using library = await openLibrary(own);
    expect((await library.servers.whereIs([sha256])).map(({ serverId }) => serverId)).toEqual(['one']);
    await library.tokens.set(endpoint, secret);
    ({ id } = await library.jobs.submit('copy', { sha256 }));
    const two = start('work', options.root, url, secret, String(content.length / 10));
    const bytesDone = async (): Promise<number> => (await library.jobs.get(id)).progress?.bytesDone ?? 0;
    await expect.poll(bytesDone, { timeout: 60_000 }).toBeGreaterThan(content.length / 2);
    two.kill('SIGKILL');
    await once(two, 'close');
    expect(await library.list()).toEqual([]);
    expect(await library.jobs.get(id)).toMatchObject({ state: 'running' });
  }

  // The lease of the dead one is thirty seconds long, by the clock of the database.
  await postgres.run('update modelkeep.jobs_list set lease_until_ms = 0', url);
  await using library = await openLibrary(own);
  await library.jobs.run({ untilIdle: true });
  const job = await library.jobs.get(id);
  expect(job).toMatchObject({ state: 'completed', attempts: 2 });
  const { bytesFetched, bytesResumed } = job.result as { bytesFetched: number; bytesResumed: number };
  expect(bytesFetched + bytesResumed).toBe(content.length);
  expect(bytesResumed).toBeGreaterThan(content.length / 2 - 16 * MIB);

  one.kill('SIGKILL');
  await once(one, 'close');
  const [model] = await library.list();
  if (model === undefined) throw new Error('there is no model');
  const stored = await readFile(join(library.folderOf(model), model.files[0]?.name ?? ''));
  expect(stored.equals(content)).toBe(true);
  expect((await library.verify().result).problems).toEqual([]);
  expect((await library.servers.whereIs([sha256])).map(({ serverId }) => serverId).toSorted()).toEqual(['one', 'two']);
  // The one that is gone is silent after its time: what it has counts for nobody, and a question says so.
  const clock = { ...systemClock, now: () => Date.now() + 120_000 };
  await using later = await openLibrary({ ...own, clock });
  await later.servers.heartbeat('two');
  const { servers } = await later.servers.checkRequirements({ models: [sha256] });
  expect(servers.map(({ server, ready }) => [server.id, ready])).toEqual([
    ['one', false],
    ['two', true],
  ]);
}, 180_000);
