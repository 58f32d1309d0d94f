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
      await database.transaction([
        { sql: 'delete from mapper_undo where machine = ? and run_id = ?', params: [machine, runId] },
      ]);
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
      await database.transaction([
        {
          sql: 'delete from mapper_undo where machine = ? and app = ? and app_root = ?',
          params: [machine, app, appRoot],
        },
      ]);
    },
    async prune({ app, appRoot }) {
      const place = [machine, app, appRoot];
      await database.transaction([
        {
          sql: `delete from mapper_undo where machine = ? and app = ? and app_root = ? and run_id not in
            (select distinct run_id from mapper_undo where machine = ? and app = ? and app_root = ? order by run_id desc limit ?)`,
          params: [...place, ...place, UNDOABLE_RUNS],
        },
      ]);
    },
  };
}

/** @internal Writes one entry; part of the transaction that settles the change. */
export function undoStatement({ machine, runId }: RowWriter, change: FittingChange): SqlStatement {
  const { target, before, after, restore } = change;
  const { app, appRoot } = after ?? before ?? { app: '', appRoot: '' };
  return {
    sql: `insert or replace into mapper_undo (machine, run_id, target, app, app_root, before, after_source)
      values (?, ?, ?, ?, ?, ?, ?)`,
    params: [
      machine,
      runId,
      target,
      app,
      appRoot,
      restore === null ? null : JSON.stringify(restore),
      after?.source ?? null,
    ],
  };
}
