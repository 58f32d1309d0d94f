import { stateTopics, type StateChangePage, type StateChangesOptions, type StateTopic } from '@modelkeep/fleet';
import type { PostgresConnection } from '../connection/postgres-connection.ts';
import { factsOf, seenBy, unseenSql, type PageFacts } from './unseen.ts';

interface PageRow extends PageFacts {
  readonly topic: StateTopic | null;
  readonly library_id: string;
  readonly key: string;
}

const PAGE = unseenSql({
  table: 'marks',
  columns: ['topic', 'library_id', 'key', 'seq'],
  where: `topic = any($3) and ($4::text is null or library_id in ('', $4))`,
  horizon: 'horizon',
});

/** @internal Which changes are asked for. */
export interface PageOptions extends Omit<StateChangesOptions, 'since'> {
  /** Null: from now on. */
  readonly cursor: string | null;
  readonly libraryId: string;
}

/** @internal What happened after a cursor. @throws `core.invalid-argument` for a text that is none */
export async function readPage(connection: PostgresConnection, options: PageOptions): Promise<StateChangePage> {
  const { cursor, libraryId, libraries = 'own', topics = stateTopics, signal } = options;
  const values = [...seenBy(cursor, 'since'), topics, libraries === 'all' ? null : libraryId];
  const rows = await connection.query<PageRow & object>(PAGE, values, signal);
  const changes = rows.flatMap(({ topic, key, library_id: library }) =>
    topic === null ? [] : [{ topic, key, libraryId: library === '' ? null : library }],
  );
  return { changes, ...factsOf(rows) };
}
