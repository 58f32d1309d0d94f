/**
 * `checkRequirements` over a fleet in which each of 1,000 servers has each of 10,000 models (ten million rows), for ten models
 * by every kind of name, on SQLite; beside it plain SQL by hand on the calling thread, which is given the keys of the
 * contents and counts them for each server. Before each call a server says that it is there. A sync of all models of a server, and one that changes nothing, stand
 * before it. MODELKEEP_BENCH_SERVERS, MODELKEEP_BENCH_MODELS, MODELKEEP_BENCH_ROUNDS and MODELKEEP_BENCH_DIR set
 * sizes, calls and drive.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  checkRequirements,
  createSqliteServers,
  pickServer,
  serversMigrations,
} from '../../packages/fleet/src/index.ts';
import { createSqlite } from '../../packages/sqlite/src/index.ts';
import { beginFleet, items, rounds, shown, size, wanted } from './made-fleet.ts';

const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));
try {
  await using sqlite = createSqlite({ size: 2 });
  const path = join(folder, 'servers.db');
  const database = await sqlite.open({ path, migrations: [serversMigrations] });
  const servers = createSqliteServers({ database });
  console.log(`-- fleet/requirements on SQLite: ${size.servers} servers with ${size.models} models each`);
  const syncMs = await beginFleet(servers);
  const { inventory } = await servers.get('server-0000');
  const started = performance.now();
  await servers.sync('server-0000', { kind: 'full', base: inventory, items: items(size.models) });
  console.log(
    `sync of ${size.models} new models ${syncMs.toFixed(0)} ms, of the same again ${(performance.now() - started).toFixed(0)} ms`,
  );

  await database.transaction([
    { sql: 'drop index servers_inventory_by_server' },
    {
      sql: `insert or ignore into servers_inventory (content_key, server_key, state, digest, seen_at_ms, path)
        select c.key, l.key, 1, 1, 1, 'models/lora/flux1/model-' || c.key || '.safetensors'
        from servers_contents c cross join servers_list l order by c.key, l.key`,
    },
    { sql: 'create index servers_inventory_by_server on servers_inventory (server_key, state)' },
  ]);
  console.log(`${((await stat(path)).size / 1e9).toFixed(1)} GB`);

  using byHand = new DatabaseSync(path, { readOnly: true });
  const plain = byHand.prepare(`select server_key, count(*) from servers_inventory
    where content_key in (select value from json_each(?)) and state = 1 group by server_key`);
  const times = { check: [] as number[], checkAndPick: [] as number[], plain: [] as number[], one: [] as number[] };
  for (let round = -20; round < rounds; round += 1) {
    const place = round + 20;
    const keys = JSON.stringify(
      Array.from({ length: 10 }, (_, one) => 1 + ((place * 7_919 + one * 104_729) % size.models)),
    );
    const beforePlain = performance.now();
    plain.all(keys);
    const afterPlain = performance.now();
    // A thousand servers that each say every 20 s that they are there do so 50 times a second.
    await servers.heartbeat(`server-${String((place * 7) % size.servers).padStart(4, '0')}`, { running: place % 5 });
    const beforeCheck = performance.now();
    const answer = await checkRequirements(servers, { models: wanted(place) });
    const afterCheck = performance.now();
    pickServer(answer);
    const afterPick = performance.now();
    await checkRequirements(servers, { models: wanted(place, 1) });
    if (round < 0) continue;
    times.plain.push(afterPlain - beforePlain);
    times.check.push(afterCheck - beforeCheck);
    times.checkAndPick.push(afterPick - beforeCheck);
    times.one.push(performance.now() - afterPick);
    if (answer.servers.some(({ missing }) => missing.length > 0)) throw new Error('a server lacks what it has');
  }
  console.log(`plain SQL by hand, ten keys      ${shown(times.plain)}`);
  console.log(`checkRequirements, ten models    ${shown(times.check)}`);
  console.log(`the same and pickServer          ${shown(times.checkAndPick)}`);
  console.log(`checkRequirements, one model     ${shown(times.one)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
