import type { RegistryDatabase } from './database.ts';

/** Ids that come from the worker in one message. */
const IDS_AT_ONCE = 10_000;

/** @internal The ids of the models that an app has links to on this machine, in the order of the ids. */
export async function linkedModels(
  database: RegistryDatabase,
  {
    machine,
    app,
    signal,
  }: { readonly machine: string; readonly app: string; readonly signal: AbortSignal | undefined },
): Promise<readonly string[]> {
  const sql = `select distinct model_id as id from mapper_links
where machine = ? and app = ? and model_id > ? and state <> 'removing' order by model_id limit ${IDS_AT_ONCE}`;
  const ids: string[] = [];
  for (;;) {
    const page = await database.all<{ id: string }>(sql, [machine, app, ids.at(-1) ?? ''], { signal });
    for (const { id } of page) ids.push(id);
    if (page.length < IDS_AT_ONCE) return ids;
  }
}
