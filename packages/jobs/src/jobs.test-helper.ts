import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@modelkeep/core';
import { createSqlite, type SqliteDatabase } from '@modelkeep/sqlite';
import { onTestFinished } from 'vitest';
import type { JobStore } from './ports/job-store.ts';
import { createSqliteJobs } from './sqlite/create-sqlite-jobs.ts';
import { jobsMigrations } from './sqlite/jobs-migrations.ts';

/** @internal A file of jobs that goes with the test. */
export interface TestJobs {
  readonly path: string;
  /** Opens it once more. */
  readonly open: (options?: { readonly clock?: Clock | undefined }) => Promise<JobStore>;
  readonly openDatabase: () => Promise<SqliteDatabase>;
}

/** @internal */
export async function testJobs(): Promise<TestJobs> {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-jobs-'));
  const path = join(folder, 'state.db');
  const sqlite = createSqlite({ size: 2 });
  onTestFinished(async () => {
    await sqlite.close();
    await rm(folder, { recursive: true, force: true });
  });
  const openDatabase = (): Promise<SqliteDatabase> =>
    sqlite.open({ path, migrations: [jobsMigrations], synchronous: 'full' });
  return {
    path,
    openDatabase,
    open: async ({ clock } = {}) => createSqliteJobs({ database: await openDatabase(), clock }),
  };
}
