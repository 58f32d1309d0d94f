import type { ModelCompanion, ModelRecord } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { updateModel } from './update-model.ts';

/**
 * @internal Notes, for each language model of one source, the projectors that came with it: an app that loads the one
 * needs to find the other.
 */
export async function linkCompanions(
  context: StoreContext,
  records: readonly ModelRecord[],
  transactionId: string,
): Promise<ModelRecord[]> {
  const projectors: ModelCompanion[] = records
    .filter(({ type }) => type === 'mmproj')
    .map(({ id }) => ({ role: 'mmproj', id }));
  if (projectors.length === 0) return [...records];
  const linked: ModelRecord[] = [];
  for (const record of records) {
    if (record.type !== 'llm') {
      linked.push(record);
      continue;
    }
    const updated = await updateModel(context, {
      id: record.id,
      slug: record.slug,
      txn: transactionId,
      change: (present) => {
        const known = new Set(present.companions.map(({ id }) => id));
        const fresh = projectors.filter(({ id }) => !known.has(id));
        return fresh.length === 0 ? present : { ...present, companions: [...present.companions, ...fresh] };
      },
    });
    linked.push(updated);
  }
  return linked;
}
