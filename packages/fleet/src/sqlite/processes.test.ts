import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSeededRandom } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { stateScene } from '../state.test-helper.ts';

const UPDATES = Number(process.env.MODELKEEP_STATE_UPDATES ?? 100);
const KILLS = Number(process.env.MODELKEEP_STATE_KILLS ?? 4);
const SEED = Number(process.env['MODELKEEP_KILL_SEED'] ?? Date.now() % 1_000_000);
const program = fileURLToPath(new URL('update-progress.test-child.ts', import.meta.url));

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended: once(child, 'close').then(([code, signal]: unknown[]) => code ?? signal) };
}

it('eight processes that write at once lose no update', async () => {
  await using scene = await stateScene();
  const { state } = await scene.open();
  await using reader = state;
  const names = Array.from({ length: 8 }, (_, place) => `own ${place}`);
  const ends = names.map((name) => start('add', scene.path, reader.libraryId, name, String(UPDATES)).ended);
  expect(await Promise.all(ends)).toEqual(names.map(() => 0));
  const entries = await reader.progress.list();
  expect(entries.map(({ key, bytesDone }) => [key, bytesDone])).toEqual([
    ...names.map((name) => [name, UPDATES]),
    ['shared', 8 * UPDATES],
  ]);
}, 300_000);

it(`a process that is killed (seed ${SEED}) takes nothing along that was committed`, async () => {
  await using scene = await stateScene();
  await (await scene.open()).state.close();
  const random = createSeededRandom(SEED);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const name = `kill ${kill}`;
    const { child, ended } = start('endless', scene.path, '01990000-0000-7000-8000-00000000000a', name);
    const until = 1 + random.below(100);
    let said = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      said = Number(line);
      if (said === until) child.kill('SIGKILL');
    }
    expect(await ended).toBe('SIGKILL');
    const { state } = await scene.open();
    await using reader = state;
    const { bytesDone = 0 } = (await reader.progress.get(name)) ?? {};
    expect(bytesDone).toBeGreaterThanOrEqual(said);
    expect((await reader.progress.update(name, { status: 'complete' })).bytesDone).toBe(bytesDone);
  }
}, 120_000);
