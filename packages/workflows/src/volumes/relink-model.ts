import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type { AppliedLink, LinkPlan, Mapper } from '@modelkeep/mapper';
import { planAppLinks } from '../link/plan-links.ts';

/** @internal What {@link relinkModel} works with. */
export interface RelinkContext {
  readonly store: LibraryStore;
  /** Null where the library is open for reading only. */
  readonly mapper: Mapper | null;
  readonly fileSystem: FileSystem;
}

/**
 * @internal Leads the links of apps to where a model is now, or to the one that it has become. Only apps that have links to it are looked at, and those that
 * are not there keep theirs as they are.
 */
export async function relinkModel(
  context: RelinkContext,
  id: string,
  signal?: AbortSignal,
): Promise<readonly AppliedLink[]> {
  const { mapper, store } = context;
  if (mapper === null) return [];
  const ids = new Set([id, ...(await sharersOf(store, id))]);
  const linked = new Map<string, { readonly app: string; readonly appRoot: string; readonly models: Set<string> }>();
  for (const one of ids) {
    const now = await modelNow(store, one);
    for (const { app, appRoot } of await mapper.linksOf(one, { signal })) {
      const key = JSON.stringify([app, appRoot]);
      const known = linked.get(key) ?? { app, appRoot, models: new Set<string>() };
      for (const wanted of [one, now]) known.models.add(wanted);
      linked.set(key, known);
    }
  }
  const results: AppliedLink[] = [];
  for (const { app, appRoot, models } of linked.values()) {
    try {
      const { plan } = await planAppLinks({ ...context, mapper }, app, { appRoot, signal });
      results.push(...(await mapper.apply(onlyOf(plan, models), { signal })).results);
    } catch (error) {
      if (!isModelkeepError(error, 'mapper.app-root') && !isModelkeepError(error, 'mapper.unknown-app')) throw error;
    }
  }
  return results;
}

/** The model that one has become. */
async function modelNow({ index }: LibraryStore, id: string): Promise<string> {
  if ((await index.get(id)) !== null) return id;
  return (await index.byFormerId(id))?.id ?? id;
}

/** On a drive without links other models may refer to the files of this one. */
async function sharersOf({ index }: LibraryStore, id: string): Promise<string[]> {
  const record = await index.get(id);
  const ids: string[] = [];
  for (const { role, sha256 } of record?.files ?? []) {
    if (role !== 'weights') continue;
    for (const { modelId } of await index.findByFileHash({ sha256 })) ids.push(modelId);
  }
  return ids;
}

/** What a plan does for some models; what is in the way stays there. */
function onlyOf(plan: LinkPlan, ids: ReadonlySet<string>): LinkPlan {
  const changes = new Set<string>(['create', 'replace', 'remove']);
  const entries = plan.entries.filter(({ modelId, action }) => ids.has(modelId) && changes.has(action));
  const counts = { ...plan.counts, keep: 0, conflict: 0, skipped: 0, create: 0, replace: 0, remove: 0 };
  for (const { action } of entries) counts[action] += 1;
  return { ...plan, entries, counts };
}
