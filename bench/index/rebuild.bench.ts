/**
 * A rebuild of the index from metadata files against reading the same files and writing the same rows by hand, in one
 * transaction on the calling thread. MODELKEEP_BENCH_MODELS sets the size (default 100,000), MODELKEEP_BENCH_ROUNDS the counted
 * runs (default 3), MODELKEEP_BENCH_DIR the drive.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ModelRecord } from '../../packages/core/src/index.ts';
import { openLibraryIndex } from '../../packages/library-index/src/index.ts';
import { alternate } from '../alternate.ts';
import { printRow } from '../report.ts';
import { insertByHand } from './insert-by-hand.ts';
import { madeRecords, numbersOf } from './made-records.ts';

const [models = 100_000] = numbersOf('MODELKEEP_BENCH_MODELS', '100000');
const [rounds = 3] = numbersOf('MODELKEEP_BENCH_ROUNDS', '3');
const folder = mkdtempSync(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));
const pathOf = (number: number): string => join(folder, String(number % 256), `${number}.json`);

function* readRecords(): Generator<ModelRecord> {
  for (let number = 0; number < models; number += 1)
    yield JSON.parse(readFileSync(pathOf(number), 'utf8')) as ModelRecord;
}

/** Every run starts without a file. */
async function clean(): Promise<void> {
  for (const name of ['by-hand.db', 'models.db'])
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${name}${suffix}`), { force: true });
}

try {
  for (let part = 0; part < 256; part += 1) mkdirSync(join(folder, String(part)));
  let number = 0;
  for (const record of madeRecords(models)) writeFileSync(pathOf(number++), JSON.stringify(record));
  const runs = await alternate(
    [
      {
        name: 'read and insert by hand',
        prepare: clean,
        run: async () => insertByHand(join(folder, 'by-hand.db'), readRecords()),
      },
      {
        name: 'replaceAll',
        prepare: clean,
        async run() {
          await using index = await openLibraryIndex({ path: join(folder, 'models.db') });
          const delay = monitorEventLoopDelay({ resolution: 1 });
          delay.enable();
          const started = performance.now();
          await index.replaceAll(readRecords());
          const seconds = (performance.now() - started) / 1_000;
          delay.disable();
          const megabytes = statSync(index.path).size / 1e6;
          return { seconds, megabytes, loopP99Ms: delay.percentile(99) / 1e6, loopMostMs: delay.max / 1e6 };
        },
      },
    ],
    rounds,
  );
  printRow({ row: 'index/rebuild', facts: { models }, runs });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
