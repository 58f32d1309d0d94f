/**
 * What the queue of a drive costs where nobody waits: for a batch of a download, for the question which drive a path is on,
 * and for a lease beside a lock of SQLite. MODELKEEP_BENCH_ROUNDS sets the counted runs (default 9), MODELKEEP_BENCH_DIR
 * the drive.
 */
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLease, createDriveQueues, createIo, nodeFileSystem } from '../../packages/io/src/index.ts';
import { queuedPool } from '../../packages/io/src/queue/queued-pool.ts';
import { createSqlite } from '../../packages/sqlite/src/index.ts';
import type { WorkerPool } from '../../packages/workers/src/index.ts';
import { alternate, type Contender } from '../alternate.ts';
import { printRow } from '../report.ts';

const rounds = Number(process.env['MODELKEEP_BENCH_ROUNDS'] ?? 9);
const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));

/** Does the same thing many times, and says what one time took. */
function repeated(name: string, times: number, once: () => Promise<unknown>): Contender {
  return {
    name,
    run: async () => {
      const started = performance.now();
      for (let time = 0; time < times; time += 1) await once();
      return { microsecondsEach: ((performance.now() - started) * 1_000) / times };
    },
  };
}

const answered = Promise.resolve();
const close = (): Promise<void> => Promise.resolve();
/** Threads that do nothing at once: what is left is what stands before them. */
const pool: WorkerPool = {
  run: <Output>() => answered as Promise<Output>,
  lease: () => ({ run: <Output>() => answered as Promise<Output>, release() {} }),
  close,
  [Symbol.asyncDispose]: close,
};

try {
  const drive = { id: 'disk:bench', kind: 'ssd', rotates: false } as const;
  const request = { priority: 'download', owner: {} } as const;
  const queue = createDriveQueues().of(drive);
  const queued = queuedPool(pool, { queue, request, signal: new AbortController().signal });
  const batch = { pieces: [{ lengthBytes: 512 * 1024 }] };
  const batches = 200_000;
  printRow({
    row: 'io/queue: a batch',
    facts: { times: batches },
    runs: await alternate(
      [
        repeated('without a queue', batches, () => pool.run('writeFile', batch)),
        repeated('through the queue', batches, () => queued.run('writeFile', batch)),
      ],
      rounds,
    ),
  });

  await using io = createIo({ workers: 'in-thread' });
  const path = join(folder, 'not', 'there');
  const questions = 2_000;
  printRow({
    row: 'io/queue: which drive',
    facts: { times: questions },
    runs: await alternate(
      [
        repeated('stat and realpath of the folder', questions, () => Promise.all([stat(folder), realpath(folder)])),
        repeated('driveOf', questions, () => io.driveOf(folder)),
        repeated('driveOf what is not there', questions, () => io.driveOf(path)),
      ],
      rounds,
    ),
  });

  await using sqlite = createSqlite();
  const locks = 300;
  printRow({
    row: 'io/queue: a lock',
    facts: { times: locks },
    runs: await alternate(
      [
        repeated('of SQLite', locks, async () => {
          await using lock = await sqlite.acquireLock(join(folder, 'lock.db'));
          return lock;
        }),
        repeated('a lease', locks, async () => {
          await using lease = await acquireLease({ fileSystem: nodeFileSystem, path: join(folder, 'x.lease') });
          return lease;
        }),
      ],
      rounds,
    ),
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
