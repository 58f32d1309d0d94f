import { newId, type ModelMetadata, type ModelRecord } from '@modelkeep/core';
import { isHere, type StoreContext } from '../store-context.ts';
import { updateModel } from './update-model.ts';

const PAGE = 500;

/** @internal Makes the models that name others by former ids name them by those that they have now. */
export async function renameReferences(context: StoreContext, renamed: ReadonlyMap<string, string>): Promise<void> {
  const volumes = context.volumes?.online() ?? [context];
  for (let after: string | undefined; ;) {
    const page = await context.index.list({ limit: PAGE, after });
    for (const record of page.records.filter((one) => namesAny(one, renamed))) {
      const home = record.place.kind === 'external' ? context : volumes.find((volume) => isHere(volume, record));
      if (home === undefined) continue;
      const { id, slug } = record;
      const change = (present: ModelMetadata): ModelMetadata => withRenamed(present, renamed);
      await updateModel(home, { id, slug, txn: newId(), isOwn: true, change });
    }
    if (page.next === null) return;
    after = page.next;
  }
}

function namesAny(
  { companions, supersedes }: Pick<ModelRecord, 'companions' | 'supersedes'>,
  renamed: ReadonlyMap<string, string>,
): boolean {
  return companions.some(({ id }) => renamed.has(id)) || (supersedes !== undefined && renamed.has(supersedes));
}

function withRenamed(present: ModelMetadata, renamed: ReadonlyMap<string, string>): ModelMetadata {
  if (!namesAny(present, renamed)) return present;
  const nowOf = (id: string): string => renamed.get(id) ?? id;
  const companions = present.companions.map((companion) => ({ ...companion, id: nowOf(companion.id) }));
  const { supersedes } = present;
  return {
    ...present,
    companions: [...new Map(companions.map((one) => [JSON.stringify([one.role, one.id]), one])).values()],
    ...(supersedes === undefined ? {} : { supersedes: nowOf(supersedes) }),
  };
}
