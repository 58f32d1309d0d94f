import type { StoreContext } from '../store-context.ts';

/** @internal Counts the uses of a model to another one, on every machine: they are one from now on. */
export async function joinUses(
  { state }: Pick<StoreContext, 'state'>,
  ids: { readonly from: string; readonly to: string },
): Promise<void> {
  const { from, to } = ids;
  await (
    await state.open()
  ).transaction([
    {
      sql: `insert into model_use (machine, model_id, used_at_ms, uses)
        select machine, :to, used_at_ms, uses from model_use where model_id = :from
        on conflict (machine, model_id) do update
        set used_at_ms = max(used_at_ms, excluded.used_at_ms), uses = uses + excluded.uses`,
      params: { from, to },
    },
    { sql: 'delete from model_use where model_id = :from', params: { from } },
  ]);
}
