import { newId, type ModelMetadata, type ModelRecord, type ModelSource } from '@modelkeep/core';
import { mergeLayers } from '../metadata/merge-layers.ts';
import type { StoreContext } from '../store-context.ts';
import { mergeAliases } from './merge-aliases.ts';
import { mergeSources } from './merge-metadata.ts';
import type { SourceLayers } from './new-metadata.ts';
import { updateModel } from './update-model.ts';

/** What a source has told of a model that is here. */
export interface ToldOfModel {
  readonly layers?: SourceLayers | undefined;
  /** Where the model can be had. */
  readonly sources?: readonly ModelSource[] | undefined;
  /** Paths that other systems know its weights by. */
  readonly aliases?: readonly string[] | undefined;
  /** When an app used it: ISO 8601. The latest counts. */
  readonly lastUsedAt?: string | undefined;
}

/**
 * @internal Adds to what is known of a model. What was known already is not written again, and what a person stated stays.
 *
 * @returns the model as it is then; its revision tells whether anything changed
 */
export async function addToModel(
  context: StoreContext,
  { id, slug }: Pick<ModelRecord, 'id' | 'slug'>,
  told: ToldOfModel,
): Promise<ModelRecord> {
  return updateModel(context, { id, slug, txn: newId(), isOwn: true, change: (present) => withTold(present, told) });
}

/** @internal @returns `present` itself where nothing is new */
export function withTold(present: ModelMetadata, told: ToldOfModel): ModelMetadata {
  const layers = mergeLayers(present.layers, told.layers ?? {});
  const sources = mergeSources(present.sources, told.sources ?? []);
  const aliases = mergeAliases(present.aliases, told.aliases);
  const lastUsedAt = latest(present.lastUsedAt, told.lastUsedAt);
  const isSame =
    layers === present.layers &&
    sources === present.sources &&
    aliases === present.aliases &&
    lastUsedAt === present.lastUsedAt;
  if (isSame) return present;
  return {
    ...present,
    layers,
    sources,
    ...(aliases === undefined ? {} : { aliases }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
}

function latest(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Date.parse(other) > Date.parse(one) ? other : one;
}
