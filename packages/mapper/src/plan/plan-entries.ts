import { linkTexts } from '../links/link-texts.ts';
import type { MapperContext } from '../mapper-context.ts';
import { lastSegment, nameIn } from '../app/path-parts.ts';
import { foldName } from '../app/safe-names.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import type { FolderView } from './folder-views.ts';
import type { LinkPlanEntry } from './link-plan.ts';
import { planEntry, type PlanEntryTools } from './plan-entry.ts';
import { seenSources } from './seen-sources.ts';
import type { WantedLink } from './wanted-link.ts';

/** @internal */
export interface PlanEntriesOptions extends Pick<PlanEntryTools, 'chooser' | 'linking' | 'registered'> {
  readonly wanted: readonly WantedLink[];
  /** The folders that were looked at already. */
  readonly views: ReadonlyMap<string, FolderView>;
  readonly viewOf: (folder: string) => Promise<FolderView>;
  readonly signal: AbortSignal | undefined;
}

const LINKS_AT_ONCE = 1_000;
/** Portions whose names are looked at in the workers before their turn comes: a few for each worker. */
const AHEAD = 8;

/** What was learned of the names of a portion in one go. */
interface Looked extends Pick<PlanEntryTools, 'texts'> {
  /** Links of the portion whose source was found good. */
  readonly seen: ReadonlySet<number>;
}

/** @internal Compares wanted links with the disk and the registry: names are looked at in the workers while others are compared. */
export async function planEntries(
  context: MapperContext,
  options: PlanEntriesOptions,
): Promise<readonly LinkPlanEntry[]> {
  const { wanted, views, viewOf, chooser, linking, registered, signal } = options;
  const { fileSystem, platform, hands } = context;
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
    const { seen, texts } = (await looks[index]) as Looked;
    const tools = { fileSystem, platform, hands, chooser, linking, registered, texts };
    const entries = await mapWithLimit(portion, {
      limit: SMALL_CALLS_AT_ONCE,
      run: (one, at) => {
        signal?.throwIfAborted();
        const planIn = (view: FolderView) => planEntry(tools, { wanted: one, view, isSeen: seen.has(at) });
        const view = views.get(one.viewFolder);
        return view === undefined ? viewOf(one.viewFolder).then(planIn) : planIn(view);
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
  const names: string[] = [];
  for (const { viewFolder, name } of wanted) {
    const view = views.get(viewFolder);
    if (view === undefined || view.entries.size === 0) continue;
    const ownName = lastSegment(name);
    if (view.entries.has(foldName(ownName))) names.push(nameIn(view.path, ownName));
  }
  return names;
}
