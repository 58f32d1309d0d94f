import { startOperation, type Operation } from '@modelkeep/core';
import type { GcOptions, GcReport } from '@modelkeep/library';
import { relinkModel, type RelinkContext } from '../volumes/relink-model.ts';
import type { RunningOperations } from '../workspace/running-operations.ts';

/** A model that has got another place, and a link of an app that could not be led there: a repair of the links does. */
export interface UnledModel {
  readonly modelId: string;
  /** For people. */
  readonly reason: string;
}

/** What a collection of garbage did, and what of the links of apps was left behind. Plain data. */
export interface TidyReport extends GcReport {
  readonly unled: readonly UnledModel[];
}

/** @internal */
export function createTidying(
  context: RelinkContext,
  operations: Pick<RunningOperations, 'join' | 'track'>,
): { collectGarbage(options?: GcOptions): Operation<TidyReport> } {
  return {
    collectGarbage: ({ signal, ...request } = {}) =>
      operations.track(collectGarbage(context, { ...request, signal: operations.join(signal) })),
  };
}

/** Links of apps follow the models that it brings to their new places; what keeps them back does not hide what it did. */
function collectGarbage(context: RelinkContext, options: GcOptions): Operation<TidyReport> {
  return startOperation(async (tell) => {
    const collecting = context.store.collectGarbage(options);
    collecting.progress.subscribe((progress) => tell(progress));
    const report = await collecting.result;
    const unled: UnledModel[] = [];
    for (const modelId of report.moved ?? []) {
      for (const reason of await lead(context, modelId, options.signal)) unled.push({ modelId, reason });
    }
    return { ...report, unled };
  });
}

/** @returns why links were left behind */
async function lead(context: RelinkContext, modelId: string, signal: AbortSignal | undefined): Promise<string[]> {
  try {
    const links = await relinkModel(context, modelId, signal);
    return links.flatMap(({ outcome, reason }) =>
      outcome === 'failed' || outcome === 'conflict' ? [reason?.message ?? outcome] : [],
    );
  } catch (error) {
    signal?.throwIfAborted();
    return [error instanceof Error ? error.message : String(error)];
  }
}
