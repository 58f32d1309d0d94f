import { inTurns } from '../support/in-turns.ts';
import { plannedActions, type LinkPlanEntry, type PlannedAction } from './link-plan.ts';

/** @internal What the lines of a plan come to. */
export interface EntrySums {
  readonly counts: Record<PlannedAction, number>;
  readonly bytesToWrite: number;
  /** Whether a symlink to a file of the library is made. */
  readonly makesSymlinks: boolean;
  readonly copies: number;
  readonly copiedBytes: number;
}

/** @internal */
export async function sumEntries(entries: readonly LinkPlanEntry[], signal?: AbortSignal): Promise<EntrySums> {
  const counts = Object.fromEntries(plannedActions.map((action) => [action, 0])) as Record<PlannedAction, number>;
  let bytesToWrite = 0;
  let makesSymlinks = false;
  let copies = 0;
  let copiedBytes = 0;
  for await (const some of inTurns(entries, { signal })) {
    for (const { action, strategies, fileSha256, bytesToWrite: bytes } of some) {
      counts[action] += 1;
      bytesToWrite += bytes;
      if (action !== 'create' && action !== 'replace') continue;
      const [first] = strategies;
      /* A link within the store is none to the library. */
      if (first === 'symlink' && fileSha256 !== null) makesSymlinks = true;
      if (first !== 'copy') continue;
      copies += 1;
      copiedBytes += bytes;
    }
  }
  return { counts, bytesToWrite, makesSymlinks, copies, copiedBytes };
}
