import type { ModelRecord } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { onVolume } from '../volumes/volume-index.ts';
import { recordsOn } from '../volumes/records-on.ts';
import { walkModels, type BrokenModel, type FoundModel } from './walk-models.ts';

/** A model's folder that could not be used, and why. */
export interface ModelProblem {
  readonly slug: string;
  readonly reason: string;
}

/** What a rebuild found. */
export interface RebuildReport {
  readonly models: number;
  /** Folders that are left as they are and are not in the index. */
  readonly problems: readonly ModelProblem[];
}

/**
 * @internal Makes the index anew from the metadata of all models: step 8 for everything at once.
 */
export async function rebuildIndex(context: StoreContext, signal?: AbortSignal): Promise<RebuildReport> {
  const report = { models: 0, problems: [] as ModelProblem[] };
  await context.index.replaceAll(readableModels(context, report, signal));
  for (const { slug, reason } of report.problems)
    context.logger.warn('a model is left out of the index', { slug, reason });
  return report;
}

/** What is on the disk, compared with the index. */
export interface SurveyReport extends RebuildReport {
  /** Models of which the index says something else than their files, or nothing. */
  readonly stale: number;
}

/** @internal What a rebuild would find, and how far the index is from that. */
export async function surveyModels(context: StoreContext, signal?: AbortSignal): Promise<SurveyReport> {
  const report = { models: 0, stale: 0, problems: [] as ModelProblem[] };
  for await (const record of readableModels(context, report, signal)) {
    const indexed = await context.index.get(record.id);
    if (JSON.stringify(indexed) !== JSON.stringify(record)) report.stale += 1;
  }
  return report;
}

/** A model that cannot be read does not hide the others; of two folders with the same id the first counts. */
async function* readableModels(
  context: StoreContext,
  report: { models: number; readonly problems: ModelProblem[] },
  signal?: AbortSignal,
): AsyncGenerator<ModelRecord> {
  const slugs = new Map<string, string>();
  // What is on a drive that is not here is known by the index alone: it stays as it is.
  const offline: ModelRecord[] = [];
  for await (const record of recordsOn(context, context.volumes?.offline() ?? new Set())) offline.push(record);
  for await (const found of modelsOfAll(context)) {
    signal?.throwIfAborted();
    if ('error' in found) {
      report.problems.push({ slug: found.slug, reason: found.error.message });
      continue;
    }
    const twin = slugs.get(found.record.id);
    if (twin !== undefined) {
      report.problems.push({ slug: found.slug, reason: `it has the same id as ${twin}: one of them is a copy` });
      continue;
    }
    slugs.set(found.record.id, found.slug);
    report.models += 1;
    yield found.record;
  }
  for (const record of offline) if (!slugs.has(record.id)) yield record;
}

/** The models of all volumes that are here, each with the mark of its volume. */
async function* modelsOfAll(context: StoreContext): AsyncGenerator<FoundModel | BrokenModel> {
  for (const { fileSystem, layout, volumeMark } of context.volumes?.online() ?? [context]) {
    for await (const found of walkModels(fileSystem, layout)) {
      if ('error' in found || volumeMark === undefined) yield found;
      else yield { ...found, record: onVolume(found.record, volumeMark) };
    }
  }
}
