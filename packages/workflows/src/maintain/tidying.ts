import { startOperation, type Operation } from '@modelkeep/core';
import type { GcOptions, GcReport } from '@modelkeep/library';
import { relinkModel, type RelinkContext } from '../volumes/relink-model.ts';
import type { RunningOperations } from '../workspace/running-operations.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** @internal */
export function createTidying(
  context: RelinkContext,
  operations: Pick<RunningOperations, 'join' | 'track'>,
): Pick<Workspace, 'collectGarbage'> {
  return {
    collectGarbage: ({ signal, ...request } = {}) =>
      operations.track(collectGarbage(context, { ...request, signal: operations.join(signal) })),
  };
}

/** Links of apps follow the models that it brings to their new places. */
function collectGarbage(context: RelinkContext, options: GcOptions): Operation<GcReport> {
  return startOperation(async (tell) => {
    const collecting = context.store.collectGarbage(options);
    collecting.progress.subscribe((progress) => tell(progress));
    const report = await collecting.result;
    for (const id of report.moved ?? []) await relinkModel(context, id, options.signal);
    return report;
  });
}
