/**
 * Shared state on a real Postgres (embedded, started by the run): progress updates a second over four connections beside the
 * same row written by hand through `pg`; a sync of 10,000 models; and `checkRequirements` over a fleet in which each of 1,000
 * servers has each of 10,000 models. MODELKEEP_BENCH_SERVERS, MODELKEEP_BENCH_MODELS and MODELKEEP_BENCH_ROUNDS set sizes
 * calls, and MODELKEEP_BENCH_BUFFERS_MIB its memory for pages. The server does not wait for the drive (fsync off) for any of them.
 */
import { Pool } from 'pg';
import { checkRequirements } from '../../packages/fleet/src/index.ts';
import { openPostgresState } from '../../packages/postgres/src/index.ts';
import { startPostgres } from '../../packages/testing/src/index.ts';
import { numbersOf } from '../index/made-records.ts';
import { alternate } from '../alternate.ts';
import { printRow } from '../report.ts';
import { beginFleet, items, rounds, shown, size, wanted } from './made-fleet.ts';

const UPDATES = 2_000;
const CONNECTIONS = 4;

// As one that serves a fleet has at least.
const sharedBuffersMib = numbersOf('MODELKEEP_BENCH_BUFFERS_MIB', '256')[0] ?? 256;
await using postgres = await startPostgres({ sharedBuffersMib });
const connectionString = await postgres.createDatabase();
const libraryId = '01990000-0000-7000-8000-00000000000a';
const { state, servers } = await openPostgresState({ connectionString, libraryId, maxConnections: CONNECTIONS + 1 });
const plain = new Pool({ connectionString, max: CONNECTIONS });

async function atOnce(update: (place: number, number: number) => Promise<unknown>): Promise<void> {
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, place) => {
      for (let number = 0; number < UPDATES / CONNECTIONS; number += 1) await update(place, number);
    }),
  );
}

try {
  await plain.query('create table plain (key text primary key, status text not null, done bigint not null)');
  const runs = await alternate(
    [
      {
        name: 'pg, one upsert by hand',
        run: () =>
          atOnce((place, number) =>
            plain.query(
              `insert into plain values ($1, 'downloading', $2)
               on conflict (key) do update set status = excluded.status, done = excluded.done`,
              [`key ${place}`, number],
            ),
          ),
      },
      {
        name: 'state.progress.update',
        run: () =>
          atOnce((place, bytesDone) => state.progress.update(`key ${place}`, { status: 'downloading', bytesDone })),
      },
    ],
    5,
  );
  printRow({ row: 'fleet/postgres progress', facts: { updates: UPDATES, connections: CONNECTIONS }, runs });

  console.log(`-- fleet/requirements on Postgres: ${size.servers} servers with ${size.models} models each`);
  const syncMs = await beginFleet(servers);
  const { inventory } = await servers.get('server-0000');
  const started = performance.now();
  await servers.sync('server-0000', { kind: 'full', base: inventory, items: items(size.models) });
  const againMs = performance.now() - started;
  console.log(`sync of ${size.models} new models ${syncMs.toFixed(0)} ms, of the same again ${againMs.toFixed(0)} ms`);
  const loading = performance.now();
  await plain.query('drop index modelkeep.servers_inventory_held, modelkeep.servers_inventory_by_server');
  await plain.query(`insert into modelkeep.servers_inventory (content_key, server_key, state, digest, seen_at_ms, path)
    select c.key, l.key, 1, 1, 1, 'models/lora/flux1/model-' || c.key || '.safetensors'
    from modelkeep.servers_contents c cross join modelkeep.servers_list l
    order by c.key, l.key on conflict do nothing`);
  await plain.query(
    'create index servers_inventory_held on modelkeep.servers_inventory (content_key, server_key) where state = 1',
  );
  await plain.query('create index servers_inventory_by_server on modelkeep.servers_inventory (server_key, state)');
  await plain.query('vacuum analyze');
  console.log(`loading the rest ${((performance.now() - loading) / 1_000).toFixed(0)} s`);
  const times: number[] = [];
  const byHand: number[] = [];
  for (let round = -20; round < rounds; round += 1) {
    const keys = Array.from({ length: 10 }, (_, one) => 1 + (((round + 20) * 7_919 + one * 104_729) % size.models));
    const before = performance.now();
    await plain.query(
      `select server_key, count(*)::int from modelkeep.servers_inventory
       where content_key = any($1) and state = 1 group by server_key`,
      [keys],
    );
    const between = performance.now();
    const answer = await checkRequirements(servers, { models: wanted(round + 20) });
    const after = performance.now();
    if (answer.servers.some(({ missing }) => missing.length > 0)) throw new Error('a server lacks what it has');
    if (round < 0) continue;
    byHand.push(between - before);
    times.push(after - between);
  }
  console.log(`plain SQL by hand, ten keys      ${shown(byHand)}`);
  console.log(`checkRequirements, ten models    ${shown(times)}`);
} finally {
  await plain.end();
  await state.close();
}
