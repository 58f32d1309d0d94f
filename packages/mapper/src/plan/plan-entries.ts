import { linkTexts } from '../links/link-texts.ts';
import type { MapperContext } from '../mapper-context.ts';
import { lastSegment, nameIn } from '../app/path-parts.ts';
import { foldName } from '../app/safe-names.ts';
import { mapWithLimit, SMALL_CALLS_AT_ONCE } from '../support/map-with-limit.ts';
import { createTurns } from '../support/turns.ts';
import type { FolderView } from './folder-views.ts';
import type { LinkPlanEntry } from './link-plan.ts';
import { planEntry, type PlanEntryTools } from './plan-entry.ts';
import { isFoundGood, type SourceLooks } from './source-looks.ts';
import type { WantedLink } from './wanted-link.ts';

/** @internal */
export interface PlanEntriesOptions extends Pick<PlanEntryTools, 'chooser' | 'linking' | 'registered'> {
  /** Some at a time. */
  readonly wanted: Iterable<readonly WantedLink[]>;
  /** The folders that were looked at; takes those of the links. */
  readonly views: Map<string, FolderView>;
  readonly viewOf: (folder: string) => Promise<FolderView>;
  readonly looks: SourceLooks;
  readonly signal: AbortSignal | undefined;
}

/** @internal Links, and what is planned for each of them, in the same order. */
export interface PlannedLinks {
  readonly wanted: readonly WantedLink[];
  readonly entries: readonly LinkPlanEntry[];
}

/** Portions whose names are looked at in the workers before their turn comes: a few for each worker. */
const AHEAD = 8;

interface Portion {
  readonly wanted: readonly WantedLink[];
  /** What links in the app say. */
  readonly texts: Promise<PlanEntryTools['texts']>;
}

/** @internal Compares wanted links with the disk and the registry: names are looked at in the workers while others are compared. */
export async function* planEntries(
  context: MapperContext,
  options: PlanEntriesOptions,
): AsyncGenerator<PlannedLinks, void, void> {
  const { views, viewOf, chooser, linking, registered, looks, signal } = options;
  const { fileSystem, platform, hands, readLinkTexts } = context;
  const portions = options.wanted[Symbol.iterator]();
  const ahead: Portion[] = [];
  const turns = createTurns();
  const lookAhead = async (): Promise<void> => {
    while (ahead.length < AHEAD) {
      const { value: wanted, done } = portions.next() as IteratorResult<readonly WantedLink[], undefined>;
      if (done === true) return;
      const turn = turns.due(wanted.length);
      if (turn !== null) await turn;
      for (const { folder } of wanted) if (!views.has(folder)) views.set(folder, await viewOf(folder));
      const { names, isNew } = namesThere(wanted, views);
      for (const { model, file } of isNew) {
        if ((file.origin ?? 'library') === 'library') looks.ask(file, { source: file.source, folder: model.folder });
      }
      looks.send();
      const texts = linkTexts(names, { readLinkTexts, signal });
      /* Who waits for it is told; if nobody does any more, another portion has failed. */
      texts.catch(() => {});
      ahead.push({ wanted, texts });
    }
  };
  await lookAhead();
  for (let portion = ahead.shift(); portion !== undefined; portion = ahead.shift()) {
    await lookAhead();
    const { wanted } = portion;
    const tools = { fileSystem, platform, hands, chooser, linking, registered, texts: await portion.texts };
    const planLater = async (one: WantedLink): Promise<LinkPlanEntry> => {
      await one.file.look?.done;
      const view = await viewOf(one.viewFolder);
      return planEntry(tools, { wanted: one, view, isSeen: isFoundGood(one.file) });
    };
    const entries = await mapWithLimit(wanted, {
      limit: SMALL_CALLS_AT_ONCE,
      turns,
      run: (one) => {
        signal?.throwIfAborted();
        const view = views.get(one.viewFolder);
        if (view === undefined || one.file.look?.kinds === null) return planLater(one);
        return planEntry(tools, { wanted: one, view, isSeen: isFoundGood(one.file) });
      },
    });
    yield { wanted, entries };
  }
}

interface NamesThere {
  /** The names of links that something in the app has. */
  readonly names: readonly string[];
  /** The links whose names are free. */
  readonly isNew: readonly WantedLink[];
}

function namesThere(wanted: readonly WantedLink[], views: ReadonlyMap<string, FolderView>): NamesThere {
  const names: string[] = [];
  const isNew: WantedLink[] = [];
  for (const one of wanted) {
    const view = views.get(one.viewFolder);
    if (view === undefined) continue;
    const ownName = lastSegment(one.name);
    if (view.entries.size > 0 && view.entries.has(foldName(ownName))) names.push(nameIn(view.path, ownName));
    else isNew.push(one);
  }
  return { names, isNew };
}
