import { ModelkeepError, type ModelRecord } from '@modelkeep/core';
import { closeGap } from '../update/close-gap.ts';
import type { LibraryStore, RemovalReport } from '@modelkeep/library';
import type { AppliedLink, Mapper, RegisteredLink } from '@modelkeep/mapper';
import type { RecordedLinks } from '../link/recorded-links.ts';

/** How a model is deleted. */
export interface DeleteOptions {
  /** Only tells what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  /** Whether the links of apps to the model go first; otherwise a model with links is not deleted. @default false */
  readonly unlink?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A link of an app on this machine. Plain data. */
export interface ModelLink {
  readonly app: string;
  readonly appRoot: string;
  /** The link, absolute. */
  readonly target: string;
}

/** What was deleted, or would be. Plain data. */
export interface DeleteReport extends RemovalReport {
  /** Apps' links to the model when it was asked for. */
  readonly links: readonly ModelLink[];
  /** What became of them. */
  readonly unlinked: readonly AppliedLink[];
}

/** @internal What {@link deleteModel} works with. */
export interface DeleteContext {
  readonly store: LibraryStore;
  /** Null where the library is open for reading only. */
  readonly mapper: Mapper | null;
  readonly links: Pick<RecordedLinks, 'linksOf'>;
}

/** @internal Deletes a model with its links. @throws `workflows.model-linked`, and as {@link LibraryStore.remove} */
export async function deleteModel(
  { store, mapper, links: recorded }: DeleteContext,
  reference: string,
  { dryRun = false, unlink = false, signal }: DeleteOptions,
): Promise<DeleteReport> {
  const { id } = await store.resolve(reference);
  const links = (await recorded.linksOf(id, { signal })).map((link) => modelLink(link));
  if (dryRun || mapper === null) return { ...(await store.remove(id, { dryRun, signal })), links, unlinked: [] };
  if (links.length > 0 && !unlink) throw stillLinked(await store.resolve(id), links);
  await store.giveUpSpareRoom();
  const { results } = await mapper.unlinkModel(id, { signal });
  const left = results.filter(({ outcome }) => outcome === 'failed');
  if (left.length > 0) {
    const failed = new Set(left.map(({ target }) => target));
    throw stillLinked(
      await store.resolve(id),
      links.filter(({ target }) => failed.has(target)),
    );
  }
  // First: a process that ends in between leaves two versions after one, and no stranger.
  await closeGap(store, id, await store.versions(id, { signal }));
  const removed = await store.remove(id, { signal });
  return { ...removed, links, unlinked: results };
}

function modelLink({ app, appRoot, target }: RegisteredLink): ModelLink {
  return { app, appRoot, target };
}

function stillLinked({ id, slug }: ModelRecord, links: readonly ModelLink[]): ModelkeepError {
  const apps = [...new Set(links.map(({ appRoot }) => appRoot))].join(', ');
  return new ModelkeepError('workflows.model-linked', {
    message: `${slug} is not deleted: ${links.length} links lead to it from ${apps}`,
    facts: { modelId: id, slug, links: links.map(({ app, target }) => ({ app, target })) },
    hint: 'pass unlink (--unlink on the command line) to remove these links first',
  });
}
