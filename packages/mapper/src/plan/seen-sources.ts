import type { FileKind } from '@modelkeep/io';
import { isDirectlyIn, lastSegment } from '../app/path-parts.ts';
import { foldName } from '../app/safe-names.ts';
import type { FolderView } from './folder-views.ts';
import type { WantedLink } from './wanted-link.ts';

/** Looks at many names in one go, off this thread: what each stands for, or null. */
export type LookAtNames = (paths: readonly string[], signal?: AbortSignal) => Promise<readonly (FileKind | null)[]>;

/** @internal */
export interface SeenSourcesOptions {
  readonly wanted: readonly WantedLink[];
  readonly views: ReadonlyMap<string, FolderView>;
  /** null: each is looked at by itself. */
  readonly kindsOf: LookAtNames | null;
  readonly signal: AbortSignal | undefined;
}

/** Fewer are looked at as fast one by one. */
const WORTH_IT = 100;

/**
 * @internal Which links are to be made to a source that is good at a glance: a name directly in the folder of its model that
 * is no link. The others are looked at one by one.
 *
 * @returns their places among the wanted ones
 */
export async function seenSources(options: SeenSourcesOptions): Promise<ReadonlySet<number>> {
  const { wanted, views, kindsOf, signal } = options;
  if (kindsOf === null || wanted.length < WORTH_IT) return new Set();
  const places: number[] = [];
  const sources: string[] = [];
  for (const [at, one] of wanted.entries()) {
    if (!isNew(one, views.get(one.viewFolder))) continue;
    places.push(at);
    sources.push(one.file.source);
  }
  if (sources.length === 0) return new Set();
  const kinds = await kindsOf(sources, signal);
  return new Set(places.filter((at, index) => kinds[index] === wanted[at]?.file.leadsTo));
}

function isNew({ file, model, name }: WantedLink, view: FolderView | undefined): boolean {
  if (view === undefined || (file.origin ?? 'library') !== 'library') return false;
  if (!isDirectlyIn(model.folder, file.source) && file.source !== model.folder) return false;
  return view.entries.size === 0 || !view.entries.has(foldName(lastSegment(name)));
}
