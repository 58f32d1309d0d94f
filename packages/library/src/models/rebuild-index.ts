import type { ModelRecord } from '@modelkeep/core';
import type { StoreContext } from '../store-context.ts';
import { walkModels } from './walk-models.ts';

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
  for await (const found of walkModels(context.fileSystem, context.layout)) {
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
}
