import type { RegistryRow, LibraryStore } from '@modelkeep/library';
import type { ConflictingRow } from './registry-report.ts';

/** @internal What of a row says which model it is about. */
export interface RowToMatch extends Pick<RegistryRow, 'id' | 'name' | 'local_path' | 'hash_sha256' | 'hash_autov2'> {
  readonly key: string;
  /** The file that is at its path on this machine. */
  readonly place: string | null;
}

/** @internal What a row means. */
export type RowMatch =
  | { readonly modelId: string; readonly by: 'hash' | 'path' }
  | Pick<ConflictingRow, 'reason' | 'modelIds'>
  | null;

/**
 * @internal Which models rows are about: by their hash; those that tell none, or whose file is there, by their path. A row whose
 * hash is that of no file is about none, whatever is at its path.
 */
export async function matchRows(
  store: LibraryStore,
  rows: readonly RowToMatch[],
  signal?: AbortSignal,
): Promise<RowMatch[]> {
  const paths = rows.map(({ place, local_path: localPath }) => place ?? localPath ?? '');
  const byPath = await store.findIdsByPaths(paths, { signal });
  const matches: RowMatch[] = [];
  for (const [position, row] of rows.entries()) {
    signal?.throwIfAborted();
    matches.push(await matchRow(store, row, { atPath: byPath[position] ?? null, signal }));
  }
  return matches;
}

interface MatchOptions {
  /** The model that the row's path means. */
  readonly atPath: string | null;
  readonly signal: AbortSignal | undefined;
}

async function matchRow(store: LibraryStore, row: RowToMatch, { atPath, signal }: MatchOptions): Promise<RowMatch> {
  const sha256 = row.hash_sha256?.toLowerCase();
  const autoV2 = sha256 === undefined ? row.hash_autov2?.toLowerCase() : undefined;
  if (sha256 === undefined && autoV2 === undefined) return atPath === null ? null : { modelId: atPath, by: 'path' };
  const hits = await store.index.findByFileHash({ sha256, autoV2, signal });
  const ids = [...new Set(hits.filter(({ file }) => file.role === 'weights').map(({ modelId }) => modelId))];
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return { modelId: only, by: 'hash' };
  if (atPath !== null && ids.includes(atPath)) return { modelId: atPath, by: 'hash' };
  if (ids.length > 1) return { reason: 'several-models', modelIds: ids };
  return atPath !== null && row.place !== null ? { reason: 'other-content', modelIds: [atPath] } : null;
}

/** @internal */
export function isMatched(match: RowMatch | undefined): match is Extract<RowMatch, { modelId: string }> {
  return match !== undefined && match !== null && 'modelId' in match;
}
