import type { LinkScope } from '../apply/recover-links.ts';
import type { RunNames } from '../apply/undo-steps.ts';
import type { RegistryDatabase } from './database.ts';

/** A run of `apply` that can be taken back: what `undo` takes. */
export interface UndoableRun extends RunNames {
  /** ISO 8601. */
  readonly appliedAt: string;
  /** Links that it made, replaced or removed. */
  readonly links: number;
  /** Config files that it wrote. */
  readonly files: number;
  /** False for one that is under way, or whose process has ended in between. */
  readonly isFinished: boolean;
}

type RunRow = Omit<UndoableRun, 'appliedAt' | 'isFinished'> & { readonly unfinished: number };

const sql = `select id, app, app_root as "appRoot", sum(links) as links, sum(files) as files,
    exists (select 1 from mapper_unfinished where machine = ? and run_id = id) as unfinished from (
    select run_id as id, app, app_root, 1 as links, 0 as files from mapper_undo where machine = ?
    union all
    select run_id, app, view_root, 0, 1 from mapper_file_undo where machine = ?)
  where (? is null or app = ?) and (? is null or app_root = ?)
  group by id, app, app_root order by id desc`;

/** @internal The latest run first. */
export async function undoableRuns(
  database: RegistryDatabase,
  { machine, scope }: { readonly machine: string; readonly scope: LinkScope },
): Promise<readonly UndoableRun[]> {
  const { app = null, appRoot = null, signal } = scope;
  const params = [machine, machine, machine, app, app, appRoot, appRoot];
  const rows = await database.all<RunRow>(sql, params, { signal });
  return rows.map(({ unfinished, ...run }) => ({ ...run, appliedAt: timeOf(run.id), isFinished: unfinished === 0 }));
}

/** A UUIDv7 begins with the milliseconds since 1970. */
function timeOf(id: string): string {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toISOString();
}
