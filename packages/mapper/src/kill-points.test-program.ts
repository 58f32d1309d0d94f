/* A process that maps, and ends by SIGKILL at a given step. Its steps are the mutating calls of the two ports. */
import { readFile } from 'node:fs/promises';
import { nodeFileSystem, type FileSystem, type SymlinkOptions } from '@modelkeep/io';
import { createSqlite, openSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import type { AppliedPlan } from './apply/applied-plan.ts';
import { createMapper } from './mapper.ts';
import type { KillTask } from './kill-points.test-task.ts';
import { randomFrom, type Random } from './random.test-helper.ts';
import { mapperMigrations } from './registry/migrations.ts';

const task = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as KillTask;
let steps = 0;

function step(): void {
  if (steps === task.killAt) process.kill(process.pid, 'SIGKILL');
  steps += 1;
}

/** Counts one step before the call and one behind it. */
function counted<A extends unknown[], R>(call: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    step();
    const result = await call(...args);
    step();
    return result;
  };
}

const fileSystem: FileSystem = {
  ...nodeFileSystem,
  mkdir: counted((path: string) => nodeFileSystem.mkdir(path)),
  symlink: counted((link: SymlinkOptions) => nodeFileSystem.symlink(link)),
  rename: counted((from: string, to: string) => nodeFileSystem.rename(from, to)),
  unlink: counted((path: string) => nodeFileSystem.unlink(path)),
  rmdir: counted((path: string) => nodeFileSystem.rmdir(path)),
  fsyncFolder: counted((path: string) => nodeFileSystem.fsyncFolder(path)),
};
const database = await openSqlite({
  path: task.database,
  migrations: [mapperMigrations],
  synchronous: 'full',
  mode: 'in-thread',
});
const sqlite = task.inCrowd === true ? createSqlite() : null;
const mapper = createMapper({
  registry: {
    all: (...args) => database.all(...args),
    transaction: counted((...args: Parameters<SqliteDatabase['transaction']>) => database.transaction(...args)),
  },
  machineId: 'machine-1',
  library: { modelsById: async (ids) => task.models.filter(({ record }) => ids.includes(record.id)) },
  fileSystem,
  viewFolder: task.config?.viewFolder,
  exclusively:
    sqlite === null
      ? undefined
      : async (work) => {
          const lock = await sqlite.acquireLock(`${task.database}.lock`);
          try {
            return await work();
          } finally {
            await lock.release();
          }
        },
});

/** What several programs do with one app. Each wants other models in it. */
async function mix(random: Random): Promise<void> {
  let applied: AppliedPlan | null = null;
  for (let round = 0; round < 8; round += 1) {
    const what = random(8);
    if (what === 0) await mapper.repair({ app: 'comfyui' });
    else if (what === 1) await mapper.recover();
    else if (what === 2) await mapper.unlinkModel(task.models[random(task.models.length)]?.record.id ?? '');
    else if (what < 5 && applied !== null) await mapper.undo(applied);
    else {
      const models = task.models.filter(() => random(3) > 0);
      applied = await mapper.apply(await mapper.planLinks({ ...place, way, models }));
      if (applied.counts.failed > 0)
        throw new Error(JSON.stringify(applied.results.filter(({ outcome }) => outcome === 'failed')));
    }
  }
}

const { appRoot, config } = task;
const place = { app: config?.app ?? 'comfyui', appRoot };
const way = config === undefined ? ('links' as const) : ('config' as const);
if (task.action === 'apply') await mapper.apply(await mapper.planLinks({ ...place, way, models: task.models }));
if (task.action === 'undo') await mapper.undo(task.applied as AppliedPlan);
if (task.action === 'unlinkAll') await mapper.unlinkAll(place);
if (task.action === 'mixed') await mix(randomFrom(task.seed ?? 1));
await database.close();
await sqlite?.close();
process.stdout.write(String(steps));
