import type { ModelRecord, ModelSource } from '@modelkeep/core';
import type { LibraryIndex } from '@modelkeep/library-index';

const PAGE = 500;

/** @internal The models that come from a repo of a hub. */
export async function modelsOfRepo(
  index: LibraryIndex,
  { endpoint, repo }: Pick<ModelSource, 'endpoint' | 'repo'>,
  signal?: AbortSignal,
): Promise<ModelRecord[]> {
  if (repo === null) return [];
  const found: ModelRecord[] = [];
  for await (const record of allModels(index, { repo, signal })) {
    // Two hubs may have repos of one name.
    const isOf = record.sources.some((one) => one.provider === 'hf' && one.endpoint === endpoint && one.repo === repo);
    if (isOf) found.push(record);
  }
  return found;
}

/** @internal Every model of the index, or of a repo, page by page, in the order of the index. */
export async function* allModels(
  index: LibraryIndex,
  options: { readonly repo?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<ModelRecord> {
  let after: string | undefined;
  do {
    const page = await index.list({ ...options, limit: PAGE, after });
    yield* page.records;
    after = page.next ?? undefined;
  } while (after !== undefined);
}
