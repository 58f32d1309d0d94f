import { isSha1, type ModelMetadata, type ModelRecord } from '@modelkeep/core';
import { inVersionOrder, modelsOfRepo, type CommitOptions, type LibraryStore } from '@modelkeep/library';
import type { DownloadPlan } from '../acquire/download-plan.ts';

/**
 * @internal What a download says of new models: one that stands where the library's model of an older commit of the same
 * branch or tag stood takes the place of that. Who asks for a commit asks for no newer version of anything.
 */
export async function newVersions(
  store: LibraryStore,
  { source }: DownloadPlan,
  signal?: AbortSignal,
): Promise<Pick<CommitOptions, 'adjust'>> {
  if (source.provider !== 'hf' || isSha1(source.revision)) return {};
  const { revision, commit } = source;
  const known = (await modelsOfRepo(store.index, source, signal)).filter(({ place }) => place.kind === 'library');
  const standsAt = (model: ModelRecord, path: string | null): boolean =>
    model.sources.some(
      (one) => one.repo === source.repo && one.path === path && one.revision === revision && one.commit !== commit,
    );
  return {
    adjust(draft): ModelMetadata {
      const path = draft.sources[0]?.path ?? null;
      const older = inVersionOrder(known.filter((model) => standsAt(model, path))).at(-1);
      return older === undefined ? draft : { ...draft, supersedes: older.id };
    },
  };
}
