import { basename, dirname } from 'node:path';
import type { FileKind } from '@modelkeep/io';
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

const NAMES_AT_ONCE = 5_000;
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
  for (let start = 0; start < news.length; start += NAMES_AT_ONCE) {
    const some = news.slice(start, start + NAMES_AT_ONCE);
    const kinds = await kindsOf(
      some.map(({ file }) => file.source),
      signal,
    );
    for (const [index, { file }] of some.entries()) if (kinds[index] === file.leadsTo) seen.add(file.source);
  }
  return seen;
}

function isNew({ file, model, name }: WantedLink, view: FolderView | undefined): boolean {
  if (view === undefined || (file.origin ?? 'library') !== 'library') return false;
  if (dirname(file.source) !== model.folder && file.source !== model.folder) return false;
  return !view.entries.has(foldName(basename(name)));
}
