import { conflict, type StateTopic } from '@modelkeep/fleet';
import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';
import type { StateContext } from './state-context.ts';

/**
 * @internal One writer of an entry at a time, until the transaction ends: also of one that is not there yet, which no row
 * can be locked for.
 */
export async function lockEntry(db: Transaction<Tables>, ...names: readonly string[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify(names)}, 0))`.execute(db);
}

/** @internal @throws `fleet.conflict` where the entry is not the one that the caller has read */
export function checkVersion(
  {
    topic,
    key,
    ifVersion,
  }: { readonly topic: StateTopic; readonly key: string; readonly ifVersion: number | undefined },
  found: { readonly version: string } | undefined,
): void {
  const foundVersion = Number(found?.version ?? 0);
  if (ifVersion === undefined || ifVersion === foundVersion) return;
  throw conflict(topic, key, { expectedVersion: ifVersion, foundVersion });
}

/** @internal What each change of an entry writes beside its columns. */
export function stampOf({ connection, now }: StateContext): {
  readonly version: RawBuilder<string>;
  readonly updated_at: Date;
} {
  return { version: sql<string>`nextval(${`${connection.schema}.versions`})`, updated_at: now() };
}
