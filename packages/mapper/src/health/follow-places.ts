import { newId } from '@modelkeep/core';
import { appliedLink, type AppliedLink } from '../apply/applied-plan.ts';
import type { ChangeOutcome } from '../apply/link-outcome.ts';
import { runChanges } from '../apply/run-changes.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { checkLinks } from './check-links.ts';
import { linkAgain } from './link-again.ts';

/**
 * @internal Leads links to where the library has their files now, if its places are not those of the last time. They are
 * noted last: where a process dies the next one goes on. A copy is good wherever it is from, and is not made again.
 */
export async function followPlaces(
  context: MapperContext,
  places: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly AppliedLink[]> {
  const now = JSON.stringify([...new Set(places)].toSorted());
  if ((await context.places.get(signal)) === now) return [];
  const changes: { target: string; before: RegisteredLink; after: RegisteredLink }[] = [];
  for (const { link, health } of await checkLinks(context, { signal })) {
    if (health !== 'moved' || link.strategy === 'copy') continue;
    const { target, after } = await linkAgain(context, link, signal);
    if (after !== null) changes.push({ target, before: link, after });
  }
  const outcomes = await runChanges(context, { changes, runId: newId(), undoable: false, signal });
  await context.places.set(now);
  return changes.map(({ after }, index) =>
    appliedLink(after, { outcome: outcomes[index] as ChangeOutcome, done: 'replaced' }),
  );
}
