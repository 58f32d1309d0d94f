/* A process that maps, and ends by SIGKILL at a given step. Its steps are the mutating calls of the two ports. */
import { readFile } from 'node:fs/promises';
import { nodeFileSystem, type FileSystem, type SymlinkOptions } from '@modelkeep/io';
import { openSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import type { AppliedPlan } from './apply/applied-plan.ts';
import { createMapper } from './mapper.ts';
import type { KillTask } from './kill-points.test-task.ts';
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
const mapper = createMapper({
  registry: {
    all: (...args) => database.all(...args),
    transaction: counted((...args: Parameters<SqliteDatabase['transaction']>) => database.transaction(...args)),
  },
  machineId: 'machine-1',
  library: { modelsById: async (ids) => task.models.filter(({ record }) => ids.includes(record.id)) },
  fileSystem,
  viewFolder: task.config?.viewFolder,
});

const { appRoot, config } = task;
const place = { app: config?.app ?? 'comfyui', appRoot };
const way = config === undefined ? ('links' as const) : ('config' as const);
if (task.action === 'apply') await mapper.apply(await mapper.planLinks({ ...place, way, models: task.models }));
if (task.action === 'undo') await mapper.undo(task.applied as AppliedPlan);
if (task.action === 'unlinkAll') await mapper.unlinkAll(place);
await database.close();
process.stdout.write(String(steps));
