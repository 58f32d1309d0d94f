/**
 * What links into an app cost: the first run and the second beside a loop that only makes the symlinks, and a plan for a
 * large library, with how long it stops the event loop of its process, and the first one that a process makes, as users have it: built. MODELKEEP_BENCH_ROUNDS sets the counted runs (default 9), MODELKEEP_BENCH_MODELS the models that are linked
 * (10,000), MODELKEEP_BENCH_PLANNED those of the plan (100,000), MODELKEEP_BENCH_DIR the drive.
 */
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, type Run } from '../alternate.ts';
import { printRow } from '../report.ts';
import { buildPrograms } from '../transfer/build-programs.ts';
import { nodeCommand, runCommand } from '../transfer/run-program.ts';
import { madeModels, writeModels } from './made-models.ts';
import { openMapper } from './open-mapper.ts';

const rounds = Number(process.env['MODELKEEP_BENCH_ROUNDS'] ?? 9);
const linked = Number(process.env['MODELKEEP_BENCH_MODELS'] ?? 10_000);
const planned = Number(process.env['MODELKEEP_BENCH_PLANNED'] ?? 100_000);
const root = await realpath(await mkdtemp(join(process.env['MODELKEEP_BENCH_DIR'] ?? tmpdir(), 'modelkeep-bench-')));

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
  await buildPrograms();
  const models = madeModels(root, planned);
  const few = models.slice(0, linked);
  await writeModels(root, models);
  await using opened = await openMapper(root, models);
  const { mapper } = opened;
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

  const { appRoot } = await app();
  let figures: Run = {};
  printRow({
    row: 'mapper/links: the first plan of a process',
    facts: { models: planned },
    runs: await alternate(
      [
        {
          name: 'a later plan of it',
          async run() {
            const count = models.length;
            const { first = Number.NaN, later = Number.NaN } = await runCommand(
              nodeCommand('first-plan', { root, appRoot, count }),
            );
            figures = { seconds: first };
            return { seconds: later };
          },
        },
        { name: 'its first plan', run: async () => figures },
      ],
      rounds,
    ),
  });
} finally {
  await rm(root, { recursive: true, force: true });
}
