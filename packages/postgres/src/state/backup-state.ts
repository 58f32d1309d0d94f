import type { Clock } from '@modelkeep/core';
import type { StateReset } from '@modelkeep/fleet';
import { sql } from 'kysely';
import { inTransaction } from '../connection/in-transaction.ts';
import { copyTables } from '../schema/backup.ts';
import type { StateContext } from './state-context.ts';

const OWN_TABLES = ['artifacts', 'repos', 'progress', 'manifest'] as const;

/** @internal Copies the tables as they are at one moment. @returns the name of the schema that has them */
export function backUpState(
  { connection }: StateContext,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const { pool, schema } = connection;
  return connection.run(
    () => inTransaction(pool, (client) => copyTables(client, { schema, clock }), 'repeatable read'),
    signal,
  );
}

/** @internal */
export async function resetState(
  context: StateContext,
  options: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
): Promise<StateReset> {
  const { connection, libraryId, tell } = context;
  const backup = await backUpState(context, options);
  await connection.transaction(async (db) => {
    for (const table of OWN_TABLES) await db.deleteFrom(table).where('library_id', '=', libraryId).execute();
    const others = await db.selectFrom('libraries').select('library_id').where('library_id', '<>', libraryId).execute();
    if (others.length === 0) await db.deleteFrom('declared').execute();
    // Who follows reads everything again.
    await db
      .insertInto('settings')
      .values({ name: 'horizon', value: sql`pg_current_xact_id()::text` })
      .onConflict((on) => on.column('name').doUpdateSet({ value: sql`pg_current_xact_id()::text` }))
      .execute();
  }, options.signal);
  tell();
  return { backup };
}
