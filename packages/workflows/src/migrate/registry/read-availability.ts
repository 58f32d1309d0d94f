import type { OpenRegistry } from './open-registry.ts';

/** @internal That a server has a model, as a registry says. */
export interface AvailabilityRow {
  readonly modelId: number;
  readonly serverId: string;
  /** As the registry writes it. */
  readonly lastSeen: string | number | null;
}

const MOST_ROWS = 50_000;

const usable = `typeof(model_id) = 'integer' and typeof(server_id) = 'text' and octet_length(server_id) between 1 and 512
  and instr(server_id, char(0)) = 0`;
const readableTime = `case typeof(last_seen) when 'text' then substr(last_seen, 1, 64)
  when 'integer' then cast(last_seen as real) when 'real' then last_seen else null end`;

/** @internal Which servers have some models. @throws `workflows.unreadable-source` */
export async function readAvailability(
  registry: OpenRegistry,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<readonly AvailabilityRow[]> {
  if (!registry.hasAvailability) return [];
  const sql = `select model_id as modelId, server_id as serverId, ${readableTime} as lastSeen
    from model_server_availability
    where model_id in (select value from json_each(:ids)) and ${usable} order by _rowid_ limit ${MOST_ROWS}`;
  return registry.read((database) => database.all<AvailabilityRow>(sql, { ids: JSON.stringify(ids) }, { signal }));
}

/** @internal How many of its rows are none, or of no model. @throws `workflows.unreadable-source` */
export async function countUnusableAvailability(registry: OpenRegistry, signal?: AbortSignal): Promise<number> {
  if (!registry.hasAvailability) return 0;
  const sql = `select count(*) as count from model_server_availability
    where not coalesce(${usable}, 0) or model_id not in (select id from models where id is not null)`;
  const row = await registry.read((database) => database.get<{ count: number }>(sql, {}, { signal }));
  return row?.count ?? 0;
}
