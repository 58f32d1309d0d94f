import { newId, type ModelOverrides, type ModelRecord } from '@modelkeep/core';
import { changeModel } from '../models/change-model.ts';
import { onDisk } from '../models/on-disk.ts';
import type { StoreContext } from '../store-context.ts';

/** @internal What a person chooses for a model, beside what he says of it. */
export type ModelChoices = Pick<ModelOverrides, 'follow' | 'pinned'>;

/** @internal Notes choices in overrides.json; one that is undefined is what holds where nobody has chosen. */
export async function chooseFor(
  context: StoreContext,
  reference: string,
  { choices, signal }: { readonly choices: ModelChoices; readonly signal?: AbortSignal | undefined },
): Promise<ModelRecord> {
  return onDisk(context, reference, ({ id, slug }, home) =>
    changeModel(home, {
      id,
      slug,
      txn: newId(),
      signal,
      change: ({ metadata, overrides }) => ({ metadata, overrides: withChoices(overrides, choices) }),
    }),
  );
}

function withChoices(overrides: ModelOverrides, choices: ModelChoices): ModelOverrides {
  const changed: Record<string, unknown> = { ...overrides };
  for (const [name, value] of Object.entries(choices)) {
    if (value === undefined) delete changed[name];
    else changed[name] = value;
  }
  const isSame = Object.keys(choices).every((name) => changed[name] === (overrides as Record<string, unknown>)[name]);
  return isSame ? overrides : changed;
}
