import type { AppPlace } from '../app/app-place.ts';
import { markText } from '../links/link-mark.ts';
import type { MapperContext } from '../mapper-context.ts';
import { checkSource } from '../plan/verify-source.ts';
import type { RegisteredLink } from '../registry/link-row.ts';
import type { LinkChange } from '../registry/link-statements.ts';
import { companionsOf } from '../stores/wanted-in-store.ts';
import type { StoreLayout } from '../stores/store-layout.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';

/** @internal Links in one store that are to go. */
export interface SharedLinksOptions extends AppPlace {
  readonly links: readonly RegisteredLink[];
  readonly signal: AbortSignal | undefined;
}

/**
 * @internal In a store two models may need the same bytes: such a link stays when the one goes, counts to the other, and
 * leads to the other's file.
 */
export async function sharedLinks(context: MapperContext, options: SharedLinksOptions): Promise<readonly LinkChange[]> {
  const { app, appRoot, links, signal } = options;
  const profile = context.profiles.find(({ id }) => id === app);
  const layout = profile === undefined ? null : storeLayoutOf(profile);
  if (layout === null || links.length === 0) return [];
  const going = new Set(links.map(({ target }) => target));
  const others = (await context.links.list({ app, appRoot }, signal)).filter(
    ({ target, state }) => !going.has(target) && state !== 'removing',
  );
  const changes: LinkChange[] = [];
  for (const link of links) {
    const by = others.find((other) => layout.isNeededBy(link, other));
    if (by === undefined) continue;
    const source = await sourceFor(context, { layout, link, by });
    const after = { ...link, modelId: by.modelId, slug: by.slug, runId: by.runId, ...source };
    changes.push({ target: link.target, before: link, after });
  }
  return changes;
}

interface Need {
  readonly layout: StoreLayout;
  readonly link: RegisteredLink;
  readonly by: RegisteredLink;
}

/** The other model's own file of the same content, where it can be read now. */
async function sourceFor(
  { library, fileSystem }: MapperContext,
  { layout, link, by }: Need,
): Promise<Partial<RegisteredLink>> {
  if (link.content !== null) return {};
  const [model] = await library.modelsById([by.modelId], { signal: undefined });
  if (model === undefined) return {};
  const ids = model.record.companions.map(({ id }) => id);
  const known = new Map((await library.modelsById(ids, { signal: undefined })).map((one) => [one.record.id, one]));
  const { files } = layout.place(model, { companions: companionsOf(model, known), suffix: '' });
  const file = files?.find(({ origin, fileSha256 }) => origin === 'library' && fileSha256 === link.fileSha256);
  if (file === undefined) return {};
  const owner = [model, ...known.values()].find(({ folder }) => file.source.startsWith(folder)) ?? model;
  const found = await checkSource(fileSystem, { folder: owner.folder, source: file.source, leadsTo: 'file' });
  if ('reason' in found) return {};
  const { device, inode, sizeBytes } = found.status;
  return { source: file.source, mark: markText({ device, inode, sizeBytes, sha256: file.fileSha256 ?? undefined }) };
}
