/**
 * Jobs a second on a real Postgres (embedded, started by the run), from the adding to the end: 4 workers add jobs, claim them, and
 * complete them, beside the same on plain pg-boss in the same server. Once with one job a call, once in batches.
 * MODELKEEP_BENCH_JOBS and MODELKEEP_BENCH_ROUNDS set sizes. The server does not wait for the drive (fsync off) for either of them.
 */
import { PgBoss } from 'pg-boss';
import type { JobStore } from '../../packages/jobs/src/index.ts';
import { openPostgresState } from '../../packages/postgres/src/index.ts';
import { startPostgres } from '../../packages/testing/src/index.ts';
import { alternate, median, type Runs } from '../alternate.ts';
import { numbersOf } from '../index/made-records.ts';
import { printRow } from '../report.ts';

const WORKERS = 4;
const CONNECTIONS = 8;
const [jobs = 4_000] = numbersOf('MODELKEEP_BENCH_JOBS', '4000');
const [rounds = 5] = numbersOf('MODELKEEP_BENCH_ROUNDS', '5');
const payload = { reference: 'hf:acme/tiny-flux', include: ['*.safetensors'], verify: true };

/** What is measured: a queue with the calls that a worker makes. */
interface Queue {
  readonly add: (count: number) => Promise<unknown>;
  /** @returns how many it took and completed */
  readonly work: (worker: number, limit: number) => Promise<number>;
}

function ours(store: JobStore): Queue {
  return {
    add: (count) => store.add(Array.from({ length: count }, () => ({ type: 'download', payload }))),
    async work(worker, limit) {
      const claimed = await store.claim({
        workerId: `worker ${worker}`,
        leaseMs: 30_000,
        types: [{ type: 'download', limit }],
        lanes: { limit: 2, taken: {} },
      });
      const outcome = { kind: 'complete', result: { ok: true } } as const;
      await store.settle(claimed.map(({ job: { id }, token }) => ({ id, token, outcome })));
      return claimed.length;
    },
  };
}

function plain(boss: PgBoss): Queue {
  return {
    add: (count) =>
      boss.insert(
        'download',
        Array.from({ length: count }, () => ({ data: payload })),
      ),
    async work(_, limit) {
      const fetched = await boss.fetch('download', { batchSize: limit });
      if (fetched.length > 0) await boss.complete('download', fetched, { ok: true });
      return fetched.length;
    },
  };
}

/** All workers add their share, and then work until nothing is left. */
async function run(queue: Queue, { added, taken }: { readonly added: number; readonly taken: number }): Promise<void> {
  const done = await Promise.all(
    Array.from({ length: WORKERS }, async (_, worker) => {
      for (let count = 0; count < jobs / WORKERS; count += added) await queue.add(added);
      let own = 0;
      for (let last = 1; last > 0;) {
        last = await queue.work(worker, taken);
        own += last;
      }
      return own;
    }),
  );
  const sum = done.reduce((total, own) => total + own, 0);
  if (sum !== jobs) throw new Error(`${sum} of ${jobs} jobs were done`);
}

function printRate(runs: Runs): void {
  const [boss = [], own = []] = [...runs.values()];
  const rates = own.map(({ seconds = 1 }, round) => (boss[round]?.['seconds'] ?? 0) / seconds);
  const rateOf = (all: typeof own): string => (jobs / median(all.map(({ seconds = 1 }) => seconds))).toFixed(0);
  console.log(`jobs a second: ours ${rateOf(own)}, pg-boss ${rateOf(boss)}, ${median(rates).toFixed(2)} x pg-boss`);
}

await using postgres = await startPostgres({ sharedBuffersMib: 128 });
const connectionString = await postgres.createDatabase();
const { state, jobs: store } = await openPostgresState({
  connectionString,
  libraryId: '01990000-0000-7000-8000-00000000000a',
  maxConnections: CONNECTIONS,
});
const boss = new PgBoss({ connectionString, max: CONNECTIONS, supervise: false, schedule: false });
await boss.start();
try {
  await boss.createQueue('download');
  for (const [added, taken] of [
    [1, 1],
    [50, 10],
  ] as const) {
    const prepare = async (): Promise<void> => {
      await store.prune(0);
      await boss.deleteAllJobs('download');
      await postgres.run('vacuum analyze', connectionString);
    };
    const runs = await alternate(
      [
        { name: 'pg-boss', prepare, run: () => run(plain(boss), { added, taken }) },
        { name: 'modelkeep', prepare, run: () => run(ours(store), { added, taken }) },
      ],
      rounds,
    );
    printRow({ row: 'fleet/postgres jobs', facts: { jobs, workers: WORKERS, added, taken }, runs });
    printRate(runs);
  }
} finally {
  await boss.stop({ graceful: false });
  await state.close();
}
