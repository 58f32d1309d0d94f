/**
 * A rescan of a folder in which nothing changed, against `find -printf '%s %T@'` over the same files, in turn. The scan is
 * that of an open library, in its worker threads, the state database included; find runs as a process of its own.
 *
 * MODELKEEP_BENCH_FILES sets how many files (default 100,000), MODELKEEP_BENCH_SIDECARS how many of them stand beside each
 * model (default 3: settings, a preview, a note), MODELKEEP_BENCH_PER_FOLDER how many are in a folder (default 100),
 * MODELKEEP_BENCH_ROUNDS the counted rounds (default 9), MODELKEEP_BENCH_DIR the drive.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createIdentifier } from '../../packages/formats/src/index.ts';
import { createIo } from '../../packages/io/src/index.ts';
import { openLibraryStore } from '../../packages/library/src/index.ts';
import { createSqlite } from '../../packages/sqlite/src/index.ts';
import { buildFluxLora } from '../../packages/testing/src/index.ts';
import { alternate } from '../alternate.ts';
import { printRow } from '../report.ts';

const files = Number(process.env['MODELKEEP_BENCH_FILES'] ?? 100_000);
const sidecars = Math.min(3, Number(process.env['MODELKEEP_BENCH_SIDECARS'] ?? 3));
const modelCount = Math.floor(files / (1 + sidecars));
const perFolder = Number(process.env['MODELKEEP_BENCH_PER_FOLDER'] ?? 100);
const rounds = Number(process.env['MODELKEEP_BENCH_ROUNDS'] ?? 9);
const folder = await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-'));
const models = join(folder, 'models');

/** Small files that are models all the same: one header, and content that no other has. */
async function writeModels(): Promise<void> {
  const bytes = Buffer.from(buildFluxLora({ scale: 0.001 }));
  const modelsInFolder = Math.max(1, Math.floor(perFolder / (1 + sidecars)));
  for (let number = 0; number < modelCount; number += 1) {
    const inside = join(models, `folder-${Math.floor(number / modelsInFolder)}`);
    if (number % modelsInFolder === 0) await mkdir(inside, { recursive: true });
    bytes.writeUInt32LE(number, bytes.byteLength - 4);
    const stem = join(inside, `model-${number}`);
    await writeFile(`${stem}.safetensors`, bytes);
    const beside = [`${stem}.json`, `${stem}.preview.png`, `${stem}.txt`];
    for (const name of beside.slice(0, sidecars)) await writeFile(name, `beside model ${number}`);
  }
}

try {
  await writeModels();
  const io = createIo();
  const sqlite = createSqlite();
  const identifier = createIdentifier();
  const store = await openLibraryStore({ root: join(folder, 'library'), io, sqlite, identifier });
  const started = performance.now();
  const first = await store.scan([models]).result;
  console.log(`first scan: ${first.added.length} models in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  if (first.added.length !== modelCount) throw new Error(`${first.added.length} of ${modelCount} models were found`);

  const runs = await alternate(
    [
      {
        name: 'find -printf',
        run: async () => {
          const { status } = spawnSync('find', [models, '-type', 'f', '-printf', '%s %T@\n'], { stdio: 'ignore' });
          if (status !== 0) throw new Error('find failed');
        },
      },
      {
        name: 'rescan, nothing changed',
        run: async () => {
          const delay = monitorEventLoopDelay({ resolution: 1 });
          delay.enable();
          const report = await store.scan([models]).result;
          delay.disable();
          const { total, added, updated, hashesComputed } = report;
          if (total !== modelCount || added.length + updated.length + hashesComputed > 0)
            throw new Error('something changed');
          return { loopP99Ms: delay.percentile(99) / 1e6, loopMostMs: delay.max / 1e6 };
        },
      },
    ],
    rounds,
  );
  printRow({
    row: 'library/rescan',
    facts: { files, models: modelCount, perFolder, folder: folder.replace(/-[^-]*$/u, '') },
    runs,
  });
  await store.close();
  await identifier.close();
  await sqlite.close();
  await io.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
