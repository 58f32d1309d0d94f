import type { ModelMetadata, ModelRecord } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { changeModel } from './change-model.ts';

/** @internal What {@link updateModel} changes. */
export interface UpdateModelOptions {
  readonly id: string;
  readonly slug: string;
  /** The transaction that this is a part of: it is recorded, and names this model. */
  readonly txn: string;
  /** Whether the change is none of a transaction: it is recorded by itself, under the new id `txn`. @default false */
  readonly isOwn?: boolean | undefined;
  /** Gives the new metadata; the same object back means that nothing is to be done. */
  readonly change: (present: ModelMetadata) => ModelMetadata;
}

/**
 * @internal Changes what the sources say of a model, and leaves the user's layer alone. A model that a newer version has
 * written stays as it is.
 */
export async function updateModel(context: StoreContext, options: UpdateModelOptions): Promise<ModelRecord> {
  const { change, isOwn = false, ...model } = options;
  return changeModel(context, {
    ...model,
    newer: 'skip',
    isPartOfTransaction: !isOwn,
    change: ({ metadata, overrides }) => ({ metadata: change(metadata), overrides }),
  });
}
