import type { TaskContext } from '@modelkeep/workers';
import { nextTurn, type WorkerTools } from './worker-tools.ts';

/** @internal Main thread → worker. */
export interface LinkTextsOfInput {
  readonly paths: readonly string[];
}

const NAMES_AT_ONCE = 1_000;

/** @internal What symbolic links say; null for what is none, or cannot be looked at. */
export async function linkTextsOf(
  { bulk }: WorkerTools,
  { paths }: LinkTextsOfInput,
  context: TaskContext,
): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for (const [position, path] of paths.entries()) {
    if (position % NAMES_AT_ONCE === NAMES_AT_ONCE - 1) await nextTurn(context);
    try {
      texts.push(bulk.readLink(path));
    } catch {
      // Whoever wants to know why looks at this one name again.
      texts.push(null);
    }
  }
  return texts;
}
