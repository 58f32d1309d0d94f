import type { TaskContext } from '@modelkeep/workers';
import type { FileKind } from '../ports/file-system.ts';
import { nextTurn, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface KindsOfInput {
  readonly paths: readonly string[];
}

const NAMES_AT_ONCE = 1_000;

/** @internal What names stand for; null for one that is not there, or cannot be looked at. */
export async function kindsOf(
  { bulk }: WorkerTools,
  { paths }: KindsOfInput,
  context: TaskContext,
): Promise<(FileKind | null)[]> {
  const kinds: (FileKind | null)[] = [];
  for (const [position, path] of paths.entries()) {
    if (position % NAMES_AT_ONCE === NAMES_AT_ONCE - 1) await nextTurn(context);
    try {
      kinds.push(bulk.nameStatus(path, { followLinks: false }).kind);
    } catch {
      // Whoever wants to know why looks at this one name again.
      kinds.push(null);
    }
  }
  return kinds;
}
