/**
 * What links into an app cost: the first run and the second beside a loop that only makes the symlinks, and a plan for a
 * large library, with how long it stops the event loop of its process. MODELKEEP_BENCH_ROUNDS sets the counted runs (default 9), MODELKEEP_BENCH_MODELS the models that are linked
 * (10,000), MODELKEEP_BENCH_PLANNED those of the plan (100,000), MODELKEEP_BENCH_DIR the drive.
 */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type ModelRecord } from '../../packages/core/src/index.ts';
import { createIo } from '../../packages/io/src/index.ts';
import { createMapper, mapperMigrations, type MappableModel } from '../../packages/mapper/src/index.ts';
import { createSqlite } from '../../packages/sqlite/src/index.ts';
import { alternate } from '../alternate.ts';
import { printRow } from '../report.ts';

const rounds = Number(process.env['MODELKEEP_BENCH_ROUNDS'] ?? 9);
const linked = Number(process.env['MODELKEEP_BENCH_MODELS'] ?? 10_000);
const planned = Number(process.env['MODELKEEP_BENCH_PLANNED'] ?? 100_000);
const root = await realpath(await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-')));

function modelAt(index: number): MappableModel {
  const name = `model-${String(index).padStart(6, '0')}`;
  const slug = `lora/flux1/${name}`;
  const time = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString();
  const file = {
    name: `${name}.safetensors`,
    officialName: `${name}.safetensors`,
    role: 'weights',
    sizeBytes: 4,
  } as const;
  const sha256 = index.toString(16).padStart(64, '0');
  const record: ModelRecord = {
    id: newId(),
    slug,
    place: { kind: 'library' },
    officialName: name,
    cleanedName: name,
    name: null,
    type: 'lora',
    family: 'flux1',
    baseModel: null,
    format: 'safetensors',
    variant: null,
    precision: null,
    quantisation: null,
    parameterCount: null,
    safety: null,
    description: null,
    tags: [],
    triggerWords: [],
    licence: null,
    sizeBytes: 4,
    files: [{ ...file, sha256, blake3: null, gitSha1: null, source: null }],
    sources: [],
    sourceGroup: null,
    variantOf: null,
    companions: [],
    expectedFiles: [],
    complete: true,
    origins: {},
    revision: 1,
    importedAt: time,
    updatedAt: time,
  };
  return { record, folder: join(root, 'library', ...slug.split('/')) };
}

/** How late the timers of this process are meanwhile: a user interface stands still for as long. */
async function delays(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const taken = await seconds(work);
  delay.disable();
  return { seconds: taken, delayP99Ms: delay.percentile(99) / 1e6, delayMaxMs: delay.max / 1e6 };
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
};

try {
  const models = Array.from({ length: planned }, (_, index) => modelAt(index));
  const few = models.slice(0, linked);
  await mkdir(join(root, 'library', 'lora', 'flux1'), { recursive: true });
  for (const { record, folder } of models) {
    await mkdir(folder);
    await writeFile(join(folder, record.files[0]?.name ?? ''), 'data');
  }
  const byId = new Map(models.map((model) => [model.record.id, model]));
  await using io = createIo();
  await using sqlite = createSqlite();
  await using registry = await sqlite.open({
    path: join(root, 'state.db'),
    migrations: [mapperMigrations],
    synchronous: 'full',
  });
  const mapper = createMapper({
    registry,
    exclusively: async (work) => {
      const lock = await sqlite.acquireLock(join(root, 'links.lock'));
      try {
        return await work();
      } finally {
        await lock.release();
      }
    },
    machineId: 'bench',
    kindsOf: (paths, signal) => io.kindsOf(paths, signal),
    readLinkTexts: (paths, signal) => io.linkTextsOf(paths, signal),
    library: { modelsById: async (ids) => ids.flatMap((id) => byId.get(id) ?? []) },
  });
  let count = 0;
  const app = async (): Promise<{ app: string; appRoot: string }> => {
    const appRoot = join(root, `app-${(count += 1)}`);
    await mkdir(join(appRoot, 'models', 'loras'), { recursive: true });
    return { app: 'comfyui', appRoot };
  };

  const bare = async () => {
    const { appRoot } = await app();
    return {
      seconds: await seconds(async () => {
        for (const { record, folder } of few) {
          const name = record.files[0]?.name ?? '';
          await symlink(join(folder, name), join(appRoot, 'models', 'loras', name));
        }
      }),
    };
  };
  const mapped = async () => {
    const place = await app();
    const run = async (): Promise<void> => {
      const { counts } = await mapper.apply(await mapper.planLinks({ ...place, models: few }));
      if (counts.created + counts.kept !== few.length) throw new Error(JSON.stringify(counts));
    };
    const first = await seconds(run);
    return { seconds: first, secondRun: (await seconds(run)) / first };
  };
  printRow({
    row: 'mapper/links: the first run (secondRun: the second, as a part of the first)',
    facts: { models: linked },
    runs: await alternate(
      [
        { name: 'a loop of symlink', run: bare },
        { name: 'plan and apply', run: mapped },
      ],
      rounds,
    ),
  });

  const place = await app();
  printRow({
    row: 'mapper/links: a plan (delay: of the event loop)',
    facts: { models: planned },
    runs: await alternate(
      [
        { name: 'nothing', run: () => delays(() => sleep(1_000)) },
        { name: 'planLinks', run: () => delays(() => mapper.planLinks({ ...place, models })) },
      ],
      rounds,
    ),
  });
} finally {
  await rm(root, { recursive: true, force: true });
}
