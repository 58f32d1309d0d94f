import { madeItems, syncAll } from '../contract/servers/made-items.ts';
import { createSeededRandom } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestServers, startSyncing } from './servers.test-helper.ts';

const KILLS = Number(process.env.MODELKEEP_SYNC_KILLS ?? 4);
const SEED = Number(process.env['MODELKEEP_KILL_SEED'] ?? Date.now() % 1_000_000);

it('two processes that sync one server at once lose nothing of each other', async () => {
  const { servers, path } = await openTestServers();
  await servers.register({ id: 'shared' });
  const children = [startSyncing('add', path, '1'), startSyncing('add', path, '2')];
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0]);
  const { inventory } = await servers.get('shared');
  const left = (await servers.contents({ limit: 1_000 })).filter(({ copies }) => copies === 1);
  // 25 each, of which 4 were taken back.
  expect([inventory.version, left.length, inventory.digest.split('-')[0]]).toEqual([50, 42, '42']);
});

it(`a process that is killed in the midst of a sync (seed ${SEED}) leaves one inventory or the other`, async () => {
  const { servers, path } = await openTestServers();
  for (const id of ['shared', 'even', 'odd']) await servers.register({ id });
  const even = await syncAll(servers, 'even', madeItems(600));
  const odd = await syncAll(servers, 'odd', madeItems(600, 10_000));
  const whole = [even.inventory.digest, odd.inventory.digest];
  const random = createSeededRandom(SEED);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = (await servers.get('shared')).inventory.version;
    const child = startSyncing('flip', path);
    await child.ready;
    while ((await servers.get('shared')).inventory.version < before + 2);
    await new Promise((resolve) => setTimeout(resolve, random.below(100)));
    child.kill();
    expect(await child.ended).toBe('SIGKILL');
    const { inventory } = await servers.get('shared');
    expect(whole).toContain(inventory.digest);
    const first = await servers.contents({ limit: 1_000 });
    const rest = await servers.contents({ limit: 1_000, after: first.at(-1)?.sha256 });
    expect([...first, ...rest].filter(({ copies }) => copies === 2)).toHaveLength(600);
    // What was left is a base to go on from.
    expect((await syncAll(servers, 'shared', madeItems(600))).inventory.digest).toBe(even.inventory.digest);
  }
});
