import { newId } from '@modelkeep/core';
import { appliedLink, type AppliedLink } from '../apply/applied-plan.ts';
import type { ChangeOutcome } from '../apply/link-outcome.ts';
import { runChanges } from '../apply/run-changes.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import { areThere, checkLinks } from './check-links.ts';
import { linkAgain } from './link-again.ts';
import type { CheckedLink } from './link-health.ts';

/** What was noted last. */
interface Noted {
  readonly places: readonly string[];
  /** Folders of apps that were away then: their links wait for them. */
  readonly waiting: readonly string[];
}

/**
 * @internal Leads links to where the library has their files now, if its places are not those of the last time, or if an app that
 * was away then is back. They are noted last: where a process dies the next one goes on. A copy is good wherever it is from, and
 * is not made again.
 */
export async function followPlaces(
  context: MapperContext,
  places: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly AppliedLink[]> {
  const now = [...new Set(places)].toSorted();
  const noted = readNoted(await context.places.get(signal));
  const isAsBefore = noted !== null && JSON.stringify(noted.places) === JSON.stringify(now);
  if (isAsBefore && noted.waiting.length === 0) return [];
  const back = isAsBefore ? await thoseBack(context, noted.waiting, signal) : null;
  if (back?.length === 0) return [];
  const checked = back === null ? await checkLinks(context, { signal }) : await linksOf(context, back, signal);
  const waiting = new Set(back === null ? [] : noted?.waiting.filter((root) => !back.includes(root)));
  const changes: { target: string; before: RegisteredLink; after: RegisteredLink }[] = [];
  for (const { link, health } of checked) {
    if (health === 'app-root-gone') waiting.add(link.appRoot);
    if (health !== 'moved' || link.strategy === 'copy') continue;
    const { target, after } = await linkAgain(context, link, signal);
    if (after !== null) changes.push({ target, before: link, after });
  }
  const outcomes = await runChanges(context, { changes, runId: newId(), undoable: false, signal });
  await context.places.set(JSON.stringify({ places: now, waiting: [...waiting].toSorted() } satisfies Noted));
  return changes.map(({ after }, index) =>
    appliedLink(after, { outcome: outcomes[index] as ChangeOutcome, done: 'replaced' }),
  );
}

/** Before apps were waited for it was a list of the places. */
function readNoted(text: string | null): Noted | null {
  if (text === null) return null;
  const noted = JSON.parse(text) as Noted | readonly string[];
  return 'places' in noted ? noted : { places: noted, waiting: [] };
}

async function thoseBack(
  context: MapperContext,
  roots: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const there = await areThere(context, { app: undefined, roots, signal });
  return roots.filter((root) => there.get(root) === true);
}

async function linksOf(
  context: MapperContext,
  roots: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly CheckedLink[]> {
  const links: CheckedLink[] = [];
  for (const appRoot of roots) links.push(...(await checkLinks(context, { appRoot, signal })));
  return links;
}
