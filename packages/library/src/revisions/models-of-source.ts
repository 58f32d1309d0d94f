import type { ModelRecord, ModelSource } from '@modelkeep/core';
import type { LibraryIndex } from '@modelkeep/library-index';

/** The most that a search gives: from there on all models are looked through. */
const MOST_FOUND = 1_000;
const PAGE = 500;

/**
 * @internal The models of a repo of a hub. The words of its name find them in the index; where so many have these that
 * some may be left out, every model is looked at.
 */
export async function modelsOfRepo(
  index: LibraryIndex,
  { endpoint, repo }: Pick<ModelSource, 'endpoint' | 'repo'>,
  signal?: AbortSignal,
): Promise<ModelRecord[]> {
  if (repo === null) return [];
  const isOf = ({ sources }: ModelRecord): boolean =>
    sources.some((source) => source.provider === 'hf' && source.endpoint === endpoint && source.repo === repo);
  const { hits, approximate } = await index.search(repo, { limit: MOST_FOUND, signal });
  if (!approximate && hits.length < MOST_FOUND) return hits.map(({ record }) => record).filter((one) => isOf(one));
  const found: ModelRecord[] = [];
  for await (const record of allModels(index, signal)) if (isOf(record)) found.push(record);
  return found;
}

/** @internal Every model of the index, page by page, in the order of the index. */
export async function* allModels(index: LibraryIndex, signal?: AbortSignal): AsyncGenerator<ModelRecord> {
  let after: string | undefined;
  do {
    const page = await index.list({ limit: PAGE, after, signal });
    yield* page.records;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
