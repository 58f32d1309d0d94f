import type { SqlStatement, SqlValue } from '@modelkeep/sqlite';
import type { RegisteredLink } from './link-row.ts';

/** @internal One change of the registry together with the file system: what is recorded before and after it. */
export interface LinkChange {
  readonly target: string;
  /** null: nothing is recorded for this target. */
  readonly before: RegisteredLink | null;
  /** null: the link is to go. */
  readonly after: RegisteredLink | null;
}

/** @internal A change that fits what is on the disk. */
export interface FittingChange extends LinkChange {
  /** What `undo` brings back: `before`, when its link was on the disk. */
  readonly restore: RegisteredLink | null;
}

const fields = {
  source: 'source',
  previous_source: 'previousSource',
  previous: 'previous',
  model_id: 'modelId',
  slug: 'slug',
  file_sha256: 'fileSha256',
  app: 'app',
  app_root: 'appRoot',
  folder: 'folder',
  plan_id: 'planId',
  run_id: 'runId',
  strategy: 'strategy',
  mark: 'mark',
  content: 'content',
  leads_to: 'leadsTo',
  state: 'state',
  created_at: 'createdAt',
} as const satisfies Record<string, keyof RegisteredLink>;
const columns = Object.keys(fields) as (keyof typeof fields)[];

/** @internal Reads rows in the shape of {@link RegisteredLink}. */
export const selectLinks: string = `select target, ${columns.map((column) => `${column} as "${fields[column]}"`).join(', ')} from mapper_links`;

const insertLink = `insert into mapper_links (machine, target, ${columns.join(', ')})
  values (?, ?, ${columns.map(() => '?').join(', ')}) on conflict (machine, target) do nothing`;
const setLink = `update mapper_links set ${columns.map((column) => `${column} = ?`).join(', ')}
  where machine = ? and target = ? and run_id = ?`;

function values(link: RegisteredLink): SqlValue[] {
  return columns.map((column) => link[fields[column]]);
}

/** @internal Who writes rows: only the rows of this run are settled. */
export interface RowWriter {
  readonly machine: string;
  readonly runId: string;
}

/** Whether the row is still the one that was read: another process may have changed it meanwhile. */
const unchanged = 'and source = ? and state = ?';

/** @internal Records the intention before the file system is touched. Zero changes: another process was first. */
export function beginStatement({ machine, runId }: RowWriter, change: LinkChange): SqlStatement {
  const { target, before, after } = change;
  if (after === null) {
    return {
      sql: `update mapper_links set state = 'removing', run_id = ? where machine = ? and target = ? and run_id = ? ${unchanged}`,
      params: [runId, machine, target, before?.runId ?? '', before?.source ?? '', before?.state ?? ''],
    };
  }
  const pending: RegisteredLink = { ...after, runId, state: 'pending', ...previousOf(before) };
  if (before === null) return { sql: insertLink, params: [machine, target, ...values(pending)] };
  return {
    sql: `${setLink} ${unchanged}`,
    params: [...values(pending), machine, target, before.runId, before.source, before.state],
  };
}

function previousOf(before: RegisteredLink | null): Pick<RegisteredLink, 'previousSource' | 'previous'> {
  if (before === null) return { previousSource: null, previous: null };
  const { source, strategy, mark, content } = before;
  return { previousSource: source, previous: JSON.stringify({ source, strategy, mark, content }) };
}

/** @internal Records that the file system is as intended. */
export function doneStatement(writer: RowWriter, { target, after }: LinkChange): SqlStatement {
  const { machine, runId } = writer;
  if (after === null) return forgetStatement(writer, target);
  return {
    sql: setLink,
    params: [...values({ ...after, state: 'done', previousSource: null, previous: null }), machine, target, runId],
  };
}

/** @internal Takes the intention back: the file system was left as it was. */
export function revertStatement(writer: RowWriter, { target, before }: LinkChange): SqlStatement {
  const { machine, runId } = writer;
  if (before === null) return forgetStatement(writer, target);
  return { sql: setLink, params: [...values(before), machine, target, runId] };
}

/** @internal Removes the row of one run. */
export function forgetStatement({ machine, runId }: RowWriter, target: string): SqlStatement {
  return {
    sql: 'delete from mapper_links where machine = ? and target = ? and run_id = ?',
    params: [machine, target, runId],
  };
}
