import type { SqlStatement } from '@modelkeep/sqlite';
import type { ConfigFormat } from '../profiles/mapping-way.ts';
import type { RegistryDatabase } from './database.ts';
import { UNDOABLE_RUNS } from './undo-journal.ts';

/** @internal One config file that something of ours is in. */
export interface RegisteredFile {
  readonly path: string;
  readonly app: string;
  /** The app's folder. */
  readonly appRoot: string;
  /** The folder of links that the file leads to. */
  readonly viewRoot: string;
  readonly format: ConfigFormat;
  /** Its text before the last change; null: there was no such file. */
  readonly previous: string | null;
  /** Its text after that; null: the file was removed. */
  readonly content: string | null;
  /** 1: the file was there before anything of ours was in it. */
  readonly wasThere: 0 | 1;
  readonly runId: string;
  /** `pending` is recorded before the file is written. */
  readonly state: 'pending' | 'done';
}

/** @internal What one run did to one file. */
export interface FileUndo {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly app: string;
  readonly viewRoot: string;
  /** null, as the next two: an older version recorded it. */
  readonly appRoot: string | null;
  readonly format: ConfigFormat | null;
  readonly wasThere: 0 | 1 | null;
}

interface FileFilter {
  readonly app?: string | undefined;
  readonly appRoot?: string | undefined;
  readonly viewRoot?: string | undefined;
  readonly unfinished?: boolean | undefined;
}

/** @internal The config files of this machine that were changed. */
export interface FileRegistry {
  list(filter: FileFilter, signal?: AbortSignal): Promise<readonly RegisteredFile[]>;
  /** @returns false when another process has recorded another change since `before` was read */
  begin(file: RegisteredFile, before: RegisteredFile | null, createdAt: string): Promise<boolean>;
  /**
   * Records that the file has its text, and how to take that back: to what was there before the first change of the run. A file
   * that is not ours any more is forgotten.
   */
  settle(file: RegisteredFile, options: { readonly undoable: boolean; readonly forget: boolean }): Promise<void>;
  /** Takes an intention back: the file was left as it was. */
  revert(file: RegisteredFile, before: RegisteredFile | null): Promise<void>;
  forget(path: string): Promise<void>;
  /** The last run, but for one, that left a file as it is said here and can be taken back; null when none did. */
  runThatWrote(file: Pick<RegisteredFile, 'path' | 'content'>, except: string): Promise<string | null>;
  undoOf(runId: string): Promise<readonly FileUndo[]>;
  forgetRun(runId: string): Promise<void>;
  /** Forgets how the runs of one installation are taken back. */
  forgetUndo(place: Pick<RegisteredFile, 'app' | 'viewRoot'>): Promise<void>;
}

const columns = `path, app, app_root as "appRoot", view_root as "viewRoot", format, previous, content, was_there as "wasThere", run_id as "runId", state`;

/** The row of a change that is being made: another one of the same run would leave another text. */
const own = 'where machine = ? and path = ? and run_id = ? and content is ?';

/** @internal */
export function createFileRegistry(database: RegistryDatabase, machine: string): FileRegistry {
  const run = (...statements: readonly SqlStatement[]) => database.transaction(statements);
  return {
    list(filter, signal) {
      const given = Object.entries({ app: filter.app, app_root: filter.appRoot, view_root: filter.viewRoot }).filter(
        ([, value]) => value !== undefined,
      );
      const conditions = given.map(([column]) => ` and ${column} = ?`).join('');
      const unfinished = filter.unfinished === true ? " and state <> 'done'" : '';
      const sql = `select ${columns} from mapper_files where machine = ?${conditions}${unfinished} order by path`;
      return database.all<RegisteredFile>(sql, [machine, ...given.map(([, value]) => value ?? '')], { signal });
    },
    async begin(file, before, createdAt) {
      const { path, app, appRoot, viewRoot, format, previous, content, wasThere, runId } = file;
      const values = [machine, path, app, appRoot, viewRoot, format, previous, content, wasThere, runId, createdAt];
      const [result] = await run({
        sql: `insert into mapper_files (machine, path, app, app_root, view_root, format, previous, content, was_there, run_id, created_at, state)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
          on conflict (machine, path) do update set app = excluded.app, app_root = excluded.app_root, view_root = excluded.view_root,
            format = excluded.format, previous = excluded.previous, content = excluded.content, was_there = excluded.was_there, run_id = excluded.run_id, state = 'pending'
          where mapper_files.run_id = ? and mapper_files.state = ? and mapper_files.content is ?`,
        params: [...values, before?.runId ?? '', before?.state ?? '', before?.content ?? null],
      });
      return (result?.changes ?? 0) > 0;
    },
    async settle(file, { undoable, forget }) {
      const { path, runId, app, appRoot, viewRoot, format, wasThere, previous, content } = file;
      const key = [machine, path, runId, content];
      const settled = forget
        ? { sql: `delete from mapper_files ${own}`, params: key }
        : { sql: `update mapper_files set state = 'done' ${own}`, params: key };
      if (!undoable) {
        await run(settled);
        return;
      }
      const undo = {
        sql: `insert into mapper_file_undo (machine, run_id, path, app, view_root, before, after, app_root, format, was_there)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
        params: [machine, runId, path, app, viewRoot, previous, content, appRoot, format, wasThere],
      };
      const place = [machine, app, viewRoot];
      const prune = {
        sql: `delete from mapper_file_undo where machine = ? and app = ? and view_root = ? and run_id not in
          (select distinct run_id from mapper_file_undo where machine = ? and app = ? and view_root = ? order by run_id desc limit ?)`,
        params: [...place, ...place, UNDOABLE_RUNS],
      };
      await run(settled, undo, prune);
    },
    async revert({ path, runId, content }, before) {
      const key = [machine, path, runId, content];
      if (before === null) await run({ sql: `delete from mapper_files ${own}`, params: key });
      else {
        await run({
          sql: `update mapper_files set previous = ?, content = ?, run_id = ?, state = ? ${own}`,
          params: [before.previous, before.content, before.runId, before.state, ...key],
        });
      }
    },
    async forget(path) {
      await run({ sql: 'delete from mapper_files where machine = ? and path = ?', params: [machine, path] });
    },
    async runThatWrote({ path, content }, except) {
      const [row] = await database.all<{ runId: string }>(
        'select run_id as "runId" from mapper_file_undo where machine = ? and path = ? and after is ? and run_id <> ? order by run_id desc limit 1',
        [machine, path, content, except],
        {},
      );
      return row?.runId ?? null;
    },
    undoOf: (runId) =>
      database.all<FileUndo>(
        `select path, before, after, app, view_root as "viewRoot", app_root as "appRoot", format, was_there as "wasThere"
          from mapper_file_undo where machine = ? and run_id = ? order by path`,
        [machine, runId],
        {},
      ),
    async forgetRun(runId) {
      await run({ sql: 'delete from mapper_file_undo where machine = ? and run_id = ?', params: [machine, runId] });
    },
    async forgetUndo({ app, viewRoot }) {
      await run({
        sql: 'delete from mapper_file_undo where machine = ? and app = ? and view_root = ?',
        params: [machine, app, viewRoot],
      });
    },
  };
}
