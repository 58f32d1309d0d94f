import type { PostgresConnection } from '../connection/postgres-connection.ts';

/** How long a deletion is told of: an older cursor is a `resync`. */
const KEPT_DAYS = 7;

/**
 * @internal Forgets old deletions, and makes marks that come from another server (restored from a dump, where transactions
 * were counted further) ones of now: whoever follows reads everything again then.
 */
export async function trimMarks(connection: PostgresConnection): Promise<void> {
  await connection.query(
    `with gone as (
       delete from {s}.marks where deleted and at < now() - make_interval(days => $1) returning xid
     )
     insert into {s}.settings (name, value) select 'horizon', max(xid)::text from gone having count(*) > 0
     on conflict (name) do update set value = greatest(settings.value::xid8, excluded.value::xid8)::text`,
    [KEPT_DAYS],
  );
  await connection.query(
    `with renewed as (
       update {s}.marks set xid = pg_current_xact_id()
       where xid >= pg_snapshot_xmax(pg_current_snapshot()) and xid > pg_current_xact_id() returning 1
     )
     update {s}.settings set value = gen_random_uuid() where name = 'database' and exists (select 1 from renewed)`,
  );
}
