/**
 * Jobs that do nothing, from four processes with 16 at once in each, on SQLite that waits for the drive (`synchronous = full`);
 * beside a queue by hand that takes and ends 16 in a transaction each, with neither leases nor changes nor logs. Each
 * is done once. MODELKEEP_BENCH_JOBS, MODELKEEP_BENCH_ROUNDS and MODELKEEP_BENCH_DIR set jobs of a run, runs and drive.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createJobRunner, createSqliteJobs, jobsMigrations, type JobStore } from '../../packages/jobs/src/index.ts';
import { createSqlite, type Sqlite } from '../../packages/sqlite/src/index.ts';
import { alternate } from '../alternate.ts';
import { numbersOf } from '../index/made-records.ts';
import { printRow } from '../report.ts';
import { answerLines, startWorker, type WorkerProcess } from './worker-processes.ts';

const PROCESSES = 4;
const AT_ONCE = 16;
const [count = 2_000] = numbersOf('MODELKEEP_BENCH_JOBS', '2000');
const [rounds = 5] = numbersOf('MODELKEEP_BENCH_ROUNDS', '5');
const [work = '', path = ''] = process.argv.slice(2);

function openPlain(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 60_000 });
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec(`create table if not exists plain (id integer primary key, state text not null, payload text not null);
    create index if not exists plain_due on plain (id) where state = 'pending'`);
  return database;
}

async function openJobs(sqlite: Sqlite, file: string): Promise<JobStore> {
  const database = await sqlite.open({ path: file, migrations: [jobsMigrations], synchronous: 'full' });
  return createSqliteJobs({ database });
}

const isLeft = async (store: JobStore): Promise<boolean> =>
  (await store.list({ states: ['pending', 'running'], limit: 1 })).jobs.length > 0;

if (work === 'plain') {
  const database = openPlain(path);
  const take = database.prepare(`update plain set state = 'running' where id in
    (select id from plain where state = 'pending' order by id limit ${AT_ONCE}) returning id`);
  const end = database.prepare(`update plain set state = 'done' where id in (select value from json_each(?))`);
  await answerLines(async () => {
    for (;;) {
      const ids = take.all().map(({ id }) => id);
      if (ids.length === 0) break;
      end.run(JSON.stringify(ids));
    }
    await Promise.resolve();
  });
  database.close();
} else if (work === 'jobs') {
  await using sqlite = createSqlite({ size: 1 });
  await using store = await openJobs(sqlite, path);
  await answerLines(async () => {
    const handler = {
      payload: z.unknown(),
      result: z.unknown(),
      concurrency: AT_ONCE,
      run: () => Promise.resolve(null),
    };
    await using runner = createJobRunner({ store, handlers: { nothing: handler } });
    while (runner.running > 0 || (await isLeft(store))) await sleep(10);
  });
} else {
  const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));
  const paths = { plain: join(folder, 'plain.db'), jobs: join(folder, 'jobs.db') };
  const workers: WorkerProcess[] = [];
  const startAll = async (kind: keyof typeof paths): Promise<WorkerProcess[]> => {
    const started: WorkerProcess[] = [];
    for (let number = 0; number < PROCESSES; number += 1) {
      started.push(await startWorker(import.meta.filename, kind, paths[kind]));
    }
    workers.push(...started);
    return started;
  };
  const payload = { reference: 'hf:acme/tiny-flux' };
  const database = openPlain(paths.plain);
  try {
    await using sqlite = createSqlite({ size: 1 });
    await using store = await openJobs(sqlite, paths.jobs);
    const [plain, own] = [await startAll('plain'), await startAll('jobs')];
    const insert = database.prepare(`insert into plain (state, payload) select 'pending', ? from json_each(?)`);
    const numbers = JSON.stringify(Array.from({ length: count }, (_, number) => number));
    const ask = async (all: readonly WorkerProcess[]): Promise<{ seconds: number; perSecond: number }> => {
      const started = performance.now();
      await Promise.all(all.map((worker) => worker.ask('go')));
      const seconds = (performance.now() - started) / 1_000;
      return { seconds, perSecond: count / seconds };
    };
    let added = 0;
    const runs = await alternate(
      [
        {
          name: 'taken and ended by hand',
          prepare: () => Promise.resolve(void insert.run(JSON.stringify(payload), numbers)),
          run: () => ask(plain),
        },
        {
          name: 'createJobRunner',
          async prepare() {
            await store.add(Array.from({ length: count }, () => ({ type: 'nothing', payload })));
            added += count;
          },
          async run() {
            const figures = await ask(own);
            const counts = await store.counts();
            if (counts.length !== 1 || counts[0]?.state !== 'completed' || counts[0].count !== added) {
              throw new Error(`not every job was done: ${JSON.stringify(counts)}`);
            }
            return figures;
          },
        },
      ],
      rounds,
    );
    printRow({ row: 'fleet/jobs', facts: { jobs: count, processes: PROCESSES, atOnce: AT_ONCE }, runs });
  } finally {
    database.close();
    for (const worker of workers) await worker[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}
