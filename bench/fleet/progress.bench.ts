/**
 * Progress updates from four processes into one SQLite, each committed before it counts as done, with as many in flight in each
 * process as it would have downloads; beside one upsert by hand a transaction, in four processes as well. None may be lost. A
 * reader in this process follows the changes: how long it takes from before a write until it is told. MODELKEEP_BENCH_UPDATES,
 * MODELKEEP_BENCH_FLIGHT, MODELKEEP_BENCH_ROUNDS and MODELKEEP_BENCH_DIR set updates of a run, those in flight, runs and drive.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteState } from '../../packages/fleet/src/index.ts';
import { createSqlite } from '../../packages/sqlite/src/index.ts';
import { alternate, median } from '../alternate.ts';
import { numbersOf, p99 } from '../index/made-records.ts';
import { printRow } from '../report.ts';
import { answerLines, startWorker, type WorkerProcess } from './worker-processes.ts';

const PROCESSES = 4;
const PROBES = 200;
const libraryId = '01990000-0000-7000-8000-00000000000a';
const [updates = 8_000] = numbersOf('MODELKEEP_BENCH_UPDATES', '8000');
const [inFlight = 16] = numbersOf('MODELKEEP_BENCH_FLIGHT', '16');
const [rounds = 5] = numbersOf('MODELKEEP_BENCH_ROUNDS', '5');
const [work = '', path = '', place = ''] = process.argv.slice(2);
/** Microseconds since 1970: times of two processes are compared. */
const nowUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1_000);

if (work === 'plain') {
  const database = new DatabaseSync(path, { timeout: 60_000 });
  database.exec('pragma journal_mode = wal; pragma synchronous = normal');
  database.exec('create table if not exists plain (key text primary key, status text not null, done integer not null)');
  const upsert = database.prepare(`insert into plain values (?, 'downloading', 1)
    on conflict (key) do update set status = excluded.status, done = done + 1`);
  await answerLines(async (line) => {
    for (let number = 0; number < Number(line); number += 1) upsert.run(`${place} ${number % inFlight}`);
    await Promise.resolve();
  });
  database.close();
} else if (work === 'state') {
  await using sqlite = createSqlite({ size: 1 });
  const { state } = await openSqliteState({ sqlite, path, libraryId });
  await using own = state;
  const done = Array.from({ length: inFlight }, () => 0);
  let probes = 0;
  await answerLines(async (line) => {
    const each = Number(line) / inFlight;
    const slots = done.map(async (_, slot) => {
      for (let number = 0; number < each; number += 1) {
        const bytesDone = (done[slot] = (done[slot] ?? 0) + 1);
        await own.progress.update(`${place} ${slot}`, { status: 'downloading', bytesDone });
      }
    });
    const ended = Promise.all(slots).then(() => true);
    for (let left = place === '0' ? PROBES : 0; left > 0; left -= 1) {
      await own.progress.update(`probe ${(probes += 1)}`, { bytesDone: nowUs() });
      if (await Promise.race([ended, sleep(20, false)])) break;
    }
    await ended;
  });
} else {
  const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));
  const paths = { plain: join(folder, 'plain.db'), state: join(folder, 'state.db') };
  const workers: WorkerProcess[] = [];
  const startAll = async (kind: keyof typeof paths): Promise<WorkerProcess[]> => {
    const started: WorkerProcess[] = [];
    for (let number = 0; number < PROCESSES; number += 1) {
      started.push(await startWorker(import.meta.filename, kind, paths[kind], String(number)));
    }
    workers.push(...started);
    return started;
  };
  try {
    await using sqlite = createSqlite({ size: 1 });
    const opened = await openSqliteState({ sqlite, path: paths.state, libraryId });
    await using state = opened.state;
    const delaysMs: number[] = [];
    const unsubscribe = state.subscribe(({ changes }) => {
      const seenUs = nowUs();
      for (const { key } of changes) {
        if (!key.startsWith('probe')) continue;
        void state.progress.get(key).then((entry) => delaysMs.push((seenUs - (entry?.bytesDone ?? 0)) / 1_000));
      }
    });
    const [plain, own] = [await startAll('plain'), await startAll('state')];
    const share = Math.floor(updates / PROCESSES / inFlight) * inFlight;
    let written = 0;
    const ask = async (all: readonly WorkerProcess[]): Promise<{ seconds: number; perSecond: number }> => {
      const started = performance.now();
      await Promise.all(all.map((worker) => worker.ask(String(share))));
      const seconds = (performance.now() - started) / 1_000;
      return { seconds, perSecond: (share * PROCESSES) / seconds };
    };
    const runs = await alternate(
      [
        { name: 'one upsert by hand a transaction', run: () => ask(plain) },
        {
          name: 'state.progress.update',
          async run() {
            const figures = await ask(own);
            written += share * PROCESSES;
            const entries = (await state.progress.list()).filter(({ key }) => !key.startsWith('probe'));
            const found = entries.reduce((sum, { bytesDone }) => sum + bytesDone, 0);
            if (found !== written) throw new Error(`${written - found} updates were lost`);
            return figures;
          },
        },
      ],
      rounds,
    );
    printRow({ row: 'fleet/progress', facts: { updates: share * PROCESSES, processes: PROCESSES, inFlight }, runs });
    await sleep(500);
    unsubscribe();
    const shown = `median ${median(delaysMs).toFixed(1)} ms  p99 ${p99(delaysMs).toFixed(1)} ms`;
    console.log(`seen by a reader of another process  ${shown}  of ${delaysMs.length} changes, while all four write`);
  } finally {
    for (const worker of workers) await worker[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}
