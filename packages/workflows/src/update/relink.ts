import type { LibraryStore } from '@modelkeep/library';
import type { AppliedLink, Mapper } from '@modelkeep/mapper';
import type { FileSystem } from '@modelkeep/io';
import { planAppLinks } from '../link/plan-links.ts';

/** @internal What {@link relinkVersions} works with. */
export interface RelinkContext {
  readonly store: LibraryStore;
  readonly mapper: Mapper;
  readonly fileSystem: FileSystem;
}

/**
 * @internal Lets the links of apps to older versions of a model lead where they are to lead now. Links to other models stay
 * as they are, also where they would be planned anew.
 */
export async function relinkVersions(
  context: RelinkContext,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly AppliedLink[]> {
  const wanted = new Set(ids);
  const apps = new Map<string, { readonly app: string; readonly appRoot: string }>();
  for (const id of ids) {
    for (const { app, appRoot } of await context.mapper.linksOf(id, { signal })) {
      apps.set(`${app}\n${appRoot}`, { app, appRoot });
    }
  }
  const results: AppliedLink[] = [];
  for (const { app, appRoot } of apps.values()) {
    const { plan } = await planAppLinks(context, app, { appRoot, signal });
    const entries = plan.entries.filter(({ modelId }) => wanted.has(modelId));
    const applied = await context.mapper.apply({ ...plan, entries }, { signal });
    results.push(...applied.results);
  }
  return results;
}
