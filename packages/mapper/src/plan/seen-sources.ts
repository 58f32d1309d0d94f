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
 * @internal The sources of links that are to be made which are good at a glance: a name directly in the folder of its model
 * that is no link. The others are looked at one by one.
 */
export async function seenSources(options: SeenSourcesOptions): Promise<ReadonlySet<string>> {
  const { wanted, views, kindsOf, signal } = options;
  const seen = new Set<string>();
  if (kindsOf === null || wanted.length < WORTH_IT) return seen;
  const news = wanted.filter((one) => isNew(one, views.get(one.viewFolder)));
  if (news.length === 0) return seen;
  const kinds = await kindsOf(
    news.map(({ file }) => file.source),
    signal,
  );
  for (const [index, { file }] of news.entries()) if (kinds[index] === file.leadsTo) seen.add(file.source);
  return seen;
}

function isNew({ file, model, name }: WantedLink, view: FolderView | undefined): boolean {
  if (view === undefined || (file.origin ?? 'library') !== 'library') return false;
  if (!isDirectlyIn(model.folder, file.source) && file.source !== model.folder) return false;
  return view.entries.size === 0 || !view.entries.has(foldName(lastSegment(name)));
}
