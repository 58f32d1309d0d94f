import { linkTexts } from '../links/link-texts.ts';
import type { MapperContext } from '../mapper-context.ts';
import { inFolder, lastSegment } from '../app/path-parts.ts';
import { foldName } from '../app/safe-names.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import type { FolderView } from './folder-views.ts';
import type { LinkPlanEntry } from './link-plan.ts';
import { planEntry, type PlanEntryOptions } from './plan-entry.ts';
import { seenSources } from './seen-sources.ts';
import type { WantedLink } from './wanted-link.ts';

/** @internal */
export interface PlanEntriesOptions extends Pick<PlanEntryOptions, 'chooser' | 'linking' | 'registered'> {
  readonly wanted: readonly WantedLink[];
  /** The folders that were looked at already. */
  readonly views: ReadonlyMap<string, FolderView>;
  readonly viewOf: (folder: string) => Promise<FolderView>;
  readonly signal: AbortSignal | undefined;
}

const LINKS_AT_ONCE = 5_000;
/** Portions whose names are looked at in the workers before their turn comes: one for each worker. */
const AHEAD = 2;

/** What was learned of the names of a portion in one go. */
type Looked = Pick<PlanEntryOptions, 'seen' | 'texts'>;

/** @internal Compares wanted links with the disk and the registry: names are looked at in the workers while others are compared. */
export async function planEntries(
  context: MapperContext,
  options: PlanEntriesOptions,
): Promise<readonly LinkPlanEntry[]> {
  const { wanted, views, viewOf, chooser, linking, registered, signal } = options;
  const { fileSystem, platform, hands } = context;
  const shared = { fileSystem, platform, hands, chooser, linking, registered };
  const portions: (readonly WantedLink[])[] = [];
  for (let start = 0; start < wanted.length; start += LINKS_AT_ONCE)
    portions.push(wanted.slice(start, start + LINKS_AT_ONCE));
  const looks: Promise<Looked>[] = [];
  const lookAhead = (until: number): void => {
    for (const portion of portions.slice(looks.length, until)) {
      const looking = lookAt(context, { wanted: portion, views, signal });
      /* Who waits for it is told; if nobody does any more, another portion has failed. */
      looking.catch(() => {});
      looks.push(looking);
    }
  };
  const planned: LinkPlanEntry[] = [];
  for (const [index, portion] of portions.entries()) {
    lookAhead(index + 1 + AHEAD);
    const looked = (await looks[index]) as Looked;
    const entries = await mapWithLimit(portion, {
      limit: SMALL_CALLS_AT_ONCE,
      run: async (one) => {
        signal?.throwIfAborted();
        const view = views.get(one.viewFolder) ?? (await viewOf(one.viewFolder));
        return planEntry({ ...shared, ...looked, wanted: one, view });
      },
    });
    planned.push(...entries);
  }
  return planned;
}

async function lookAt(
  { kindsOf, readLinkTexts }: MapperContext,
  { wanted, views, signal }: Pick<PlanEntriesOptions, 'wanted' | 'views' | 'signal'>,
): Promise<Looked> {
  const [seen, texts] = await Promise.all([
    seenSources({ wanted, views, kindsOf, signal }),
    linkTexts(namesThere(wanted, views), { readLinkTexts, signal }),
  ]);
  return { seen, texts };
}

/** The names of links that something in the app has. */
function namesThere(wanted: readonly WantedLink[], views: ReadonlyMap<string, FolderView>): readonly string[] {
  return wanted.flatMap(({ viewFolder, name }) => {
    const view = views.get(viewFolder);
    if (view === undefined || view.entries.size === 0) return [];
    const ownName = lastSegment(name);
    return view.entries.has(foldName(ownName)) ? [inFolder(view.path, ownName)] : [];
  });
}
