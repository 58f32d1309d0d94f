import type { SqlStatement } from '@modelkeep/sqlite';
import type { AppPlace } from '../app/app-place.ts';
import type { RegistryDatabase } from './database.ts';
import type { RegisteredLink } from './link-row.ts';
import type { FittingChange, RowWriter } from './link-statements.ts';

/** Runs of one app that can be taken back; older ones are forgotten. */
export const UNDOABLE_RUNS = 20;

/** @internal What one run did to one link. */
export interface UndoEntry {
  readonly target: string;
  readonly before: RegisteredLink | null;
  /** Where the link led after the run; null when the run removed it. */
  readonly afterSource: string | null;
}

/** @internal What each run did: the truth that `undo` works from. */
export interface UndoJournal {
  entries(runId: string, signal?: AbortSignal): Promise<readonly UndoEntry[]>;
  forgetRun(runId: string): Promise<void>;
  /** Notes that a run has come to its end. */
  finish(runId: string): Promise<void>;
  /** Counts links that stay because a later run needs them to that run: they go when it is taken back. */
  handOver(links: readonly RegisteredLink[]): Promise<void>;
  forgetApp(place: AppPlace): Promise<void>;
  /** Keeps the last {@link UNDOABLE_RUNS} runs. */
  prune(place: AppPlace): Promise<void>;
}

interface UndoRow {
  readonly target: string;
  readonly before: string | null;
  readonly afterSource: string | null;
}

/** @internal */
export function createUndoJournal(database: RegistryDatabase, machine: string): UndoJournal {
  return {
    async entries(runId, signal) {
      const rows = await database.all<UndoRow>(
        'select target, before, after_source as "afterSource" from mapper_undo where machine = ? and run_id = ? order by target',
        [machine, runId],
        { signal },
      );
      return rows.map(({ target, before, afterSource }) => ({
        target,
        before: before === null ? null : (JSON.parse(before) as RegisteredLink),
        afterSource,
      }));
    },
    async forgetRun(runId) {
      await database.transaction(
        ['mapper_undo', 'mapper_unfinished'].map((table) => ({
          sql: `delete from ${table} where machine = ? and run_id = ?`,
          params: [machine, runId],
        })),
      );
    },
    async finish(runId) {
      const params = [machine, runId];
      const where = 'from mapper_unfinished where machine = ? and run_id = ?';
      const begun = await database.all(`select 1 ${where}`, params);
      if (begun.length > 0) await database.transaction([{ sql: `delete ${where}`, params }]);
    },
    async handOver(links) {
      const statements = links.map(({ target, runId, app, appRoot, source }) => ({
        sql: `insert into mapper_undo (machine, run_id, target, app, app_root, before, after_source)
          select ?, ?, ?, ?, ?, null, ? where exists (select 1 from mapper_undo where machine = ? and run_id = ?)
          on conflict do nothing`,
        params: [machine, runId, target, app, appRoot, source, machine, runId],
      }));
      if (statements.length > 0) await database.transaction(statements);
    },
    async forgetApp({ app, appRoot }) {
      await database.transaction(
        ['mapper_undo', 'mapper_unfinished'].map((table) => ({
          sql: `delete from ${table} where machine = ? and app = ? and app_root = ?`,
          params: [machine, app, appRoot],
        })),
      );
    },
    async prune({ app, appRoot }) {
      const place = [machine, app, appRoot];
      await database.transaction([
        {
          sql: `delete from mapper_undo where machine = ? and app = ? and app_root = ? and run_id not in
            (select distinct run_id from mapper_undo where machine = ? and app = ? and app_root = ? order by run_id desc limit ?)`,
          params: [...place, ...place, UNDOABLE_RUNS],
        },
        {
          sql: `delete from mapper_unfinished where machine = ? and app = ? and app_root = ? and run_id not in
            (select run_id from mapper_undo where machine = ? and app = ? and app_root = ?)`,
          params: [...place, ...place],
        },
      ]);
    },
  };
}

/** @internal Writes one entry; part of the transaction that records the intention, where that was recorded. */
export function undoStatement({ machine, runId }: RowWriter, change: FittingChange): SqlStatement {
  const { target, after, restore } = change;
  const before = restore === null ? null : JSON.stringify(restore);
  const { app, appRoot } = placeOf(change);
  return {
    sql: `insert or replace into mapper_undo (machine, run_id, target, app, app_root, before, after_source)
      select ?, ?, ?, ?, ?, ?, ? where exists (select 1 from mapper_links where machine = ? and target = ? and run_id = ?)`,
    params: [machine, runId, target, app, appRoot, before, after?.source ?? null, machine, target, runId],
  };
}

/** @internal Takes it out: nothing was changed. */
export function forgetUndoStatement({ machine, runId }: RowWriter, target: string): SqlStatement {
  return {
    sql: 'delete from mapper_undo where machine = ? and run_id = ? and target = ?',
    params: [machine, runId, target],
  };
}

/** @internal Notes that a run has begun. */
export function unfinishedStatement({ machine, runId }: RowWriter, change: FittingChange): SqlStatement {
  const { app, appRoot } = placeOf(change);
  return {
    sql: 'insert into mapper_unfinished (machine, run_id, app, app_root) values (?, ?, ?, ?) on conflict do nothing',
    params: [machine, runId, app, appRoot],
  };
}

function placeOf({ after, before }: FittingChange): AppPlace {
  return after ?? before ?? { app: '', appRoot: '' };
}
