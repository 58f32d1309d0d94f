import type { SqlValue } from '@modelkeep/sqlite';
import type { RegistryDatabase } from './database.ts';
import type { RegisteredLink } from './link-row.ts';
import {
  beginStatement,
  doneStatement,
  forgetStatement,
  revertStatement,
  selectLinks,
  type FittingChange,
} from './link-statements.ts';
import { forgetUndoStatement, undoStatement, unfinishedStatement } from './undo-journal.ts';

/** Which links of this machine. */
interface LinkFilter {
  readonly app?: string | undefined;
  readonly appRoot?: string | undefined;
  readonly modelId?: string | undefined;
  readonly unfinished?: boolean | undefined;
}

/** @internal A change that the file system has taken, or not. */
export interface SettledChange {
  readonly change: FittingChange;
  readonly outcome: 'done' | 'reverted';
}

/** @internal A link that is counted to another model from now on. */
export interface HandedLink {
  readonly link: RegisteredLink;
  readonly to: Pick<RegisteredLink, 'modelId' | 'slug'>;
}

/** How the changes of a run are recorded. */
interface RecordOptions {
  readonly runId: string;
  /** Whether the run can be undone. */
  readonly undoable: boolean;
}

/** @internal The recorded links of this machine. */
export interface LinkRegistry {
  list(filter: LinkFilter, signal?: AbortSignal): Promise<readonly RegisteredLink[]>;
  /**
   * What can be undone is in the journal from here on: a process that ends in between leaves a run that can be taken back.
   * @returns for each change whether it is recorded; false when another process changed the row meanwhile
   */
  begin(changes: readonly FittingChange[], options: RecordOptions): Promise<readonly boolean[]>;
  settle(changes: readonly SettledChange[], options: RecordOptions): Promise<void>;
  /** Counts links to another model than before: they lead to bytes that both have. */
  handOver(links: readonly HandedLink[]): Promise<void>;
  /** Drops rows as they were read. */
  forget(links: readonly RegisteredLink[]): Promise<void>;
}

/** Rows that come from the worker in one message: a larger one blocks the event loop while it is unpacked. */
const ROWS_AT_ONCE = 1000;

/** @internal */
export function createLinkRegistry(database: RegistryDatabase, machine: string): LinkRegistry {
  return {
    async list(filter, signal) {
      const { where, params } = conditionsOf(filter);
      const sql = `${selectLinks} where machine = ? and target > ?${where} order by target limit ${ROWS_AT_ONCE}`;
      const links: RegisteredLink[] = [];
      for (let page = await database.all<RegisteredLink>(sql, [machine, '', ...params], { signal }); ;) {
        links.push(...page);
        if (page.length < ROWS_AT_ONCE) return links;
        page = await database.all<RegisteredLink>(sql, [machine, page.at(-1)?.target ?? '', ...params], { signal });
      }
    },
    async begin(changes, { runId, undoable }) {
      const [first] = changes;
      if (first === undefined) return [];
      const writer = { machine, runId };
      const begun = changes.map((change) => beginStatement(writer, change));
      const journal = undoable ? changes.map((change) => undoStatement(writer, change)) : [];
      const started = undoable ? [unfinishedStatement(writer, first)] : [];
      const results = await database.transaction([...begun, ...journal, ...started]);
      return changes.map((_, index) => (results[index]?.changes ?? 0) > 0);
    },
    async settle(settled, { runId, undoable }) {
      const writer = { machine, runId };
      const statements = settled.flatMap(({ change, outcome }) => {
        if (outcome === 'done') return [doneStatement(writer, change)];
        const reverted = revertStatement(writer, change);
        return undoable ? [reverted, forgetUndoStatement(writer, change.target)] : [reverted];
      });
      if (statements.length > 0) await database.transaction(statements);
    },
    async handOver(links) {
      const sql = 'update mapper_links set model_id = ?, slug = ? where machine = ? and target = ? and run_id = ?';
      const statements = links.map(({ link: { target, runId }, to: { modelId, slug } }) => ({
        sql,
        params: [modelId, slug, machine, target, runId],
      }));
      if (statements.length > 0) await database.transaction(statements);
    },
    async forget(links) {
      const statements = links.map(({ target, runId }) => forgetStatement({ machine, runId }, target));
      if (statements.length > 0) await database.transaction(statements);
    },
  };
}

function conditionsOf(filter: LinkFilter): { readonly where: string; readonly params: readonly SqlValue[] } {
  const equals = { app: filter.app, app_root: filter.appRoot, model_id: filter.modelId };
  const given = Object.entries(equals).filter(([, value]) => value !== undefined);
  const conditions = [
    ...given.map(([column]) => `${column} = ?`),
    ...(filter.unfinished === true ? ["state <> 'done'"] : []),
  ];
  return {
    where: conditions.map((condition) => ` and ${condition}`).join(''),
    params: given.map(([, value]) => value),
  };
}
