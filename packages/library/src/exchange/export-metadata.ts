import type { ModelMetadata, ModelOverrides } from '@modelkeep/core';
import { timestamp, type StoreContext } from '../store-context.ts';
import { walkModels, type BrokenModel, type FoundModel } from '../models/walk-models.ts';

/** The first line of an export. */
export interface ExportHeader {
  readonly modelkeep: 'metadata-export';
  readonly schema: number;
  readonly libraryId: string;
  /** ISO 8601. */
  readonly exportedAt: string;
}

/** A model in an export: what its two files say, history included. */
export interface ExportedModel {
  readonly metadata: ModelMetadata;
  /** What a person says; null where nobody said anything. */
  readonly overrides: ModelOverrides | null;
}

/** A model whose metadata cannot be read, and which therefore is not in the export. */
export interface ExportProblem {
  readonly problem: { readonly slug: string; readonly reason: string };
}

/** One line of an export. Plain data. */
export type ExportedLine = ExportHeader | ExportedModel | ExportProblem;

/** @internal The export that this version writes. */
export const EXPORT_SCHEMA = 1;

/** @internal What is known of all models, one by one. */
export async function* exportMetadata(
  context: StoreContext,
  libraryId: string,
  signal?: AbortSignal,
): AsyncGenerator<ExportedLine> {
  yield { modelkeep: 'metadata-export', schema: EXPORT_SCHEMA, libraryId, exportedAt: timestamp(context) };
  const volumes = context.volumes?.online() ?? [context];
  for await (const model of modelsOf(volumes)) {
    signal?.throwIfAborted();
    if ('error' in model) {
      yield { problem: { slug: model.slug, reason: model.error.message } };
      continue;
    }
    const { metadata, overrides } = model;
    yield { metadata, overrides: Object.keys(overrides).length === 0 ? null : overrides };
  }
}

async function* modelsOf(volumes: readonly StoreContext[]): AsyncGenerator<FoundModel | BrokenModel> {
  for (const { fileSystem, layout } of volumes) yield* walkModels(fileSystem, layout);
}
