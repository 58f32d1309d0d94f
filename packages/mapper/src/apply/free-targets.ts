import type { LookAtNames } from '../plan/source-looks.ts';
import type { LinkChange } from '../registry/link-statements.ts';

/** Fewer are looked at as fast one by one. */
const WORTH_IT = 100;

/**
 * @internal The places of new links that nothing has taken, looked at in one go: asking each one where it leads, and being told
 * that it is not there, takes as long as making the link. A name that cannot be looked at counts as free: who makes the link is told.
 */
export async function freeTargets(
  changes: readonly LinkChange[],
  { kindsOf, signal }: { readonly kindsOf: LookAtNames | null; readonly signal?: AbortSignal | undefined },
): Promise<ReadonlySet<string>> {
  const targets = changes.flatMap(({ target, before }) => (before === null ? [target] : []));
  if (kindsOf === null || targets.length < WORTH_IT) return new Set();
  const kinds = await kindsOf(targets, signal);
  return new Set(targets.filter((_, index) => kinds[index] === null));
}
