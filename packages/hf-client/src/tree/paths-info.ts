import type { HubContext } from '../client/hub-context.ts';
import type { RevisionOptions } from '../client/hub-client.ts';
import { hubError } from '../errors/hub-error.ts';
import { pathsInfoUrl } from '../urls/hub-urls.ts';
import { checkRepoPath } from '../urls/repo-path.ts';
import { parseEntries } from './entry-schema.ts';
import type { RepoEntry } from './repo-entry.ts';

/** As many as the official client asks for at a time. */
const BATCH_PATHS = 500;
/** A batch of long paths stays well below what servers take as a body. */
const BATCH_CHARS = 200_000;

/** Asks `POST /api/models/{id}/paths-info/{rev}`, batch after batch. What was not asked for is left out. */
export async function readPathsInfo(
  { http, endpoint }: HubContext,
  { repo, paths, ...options }: RevisionOptions & { readonly repo: string; readonly paths: readonly string[] },
): Promise<readonly RepoEntry[]> {
  const { repoType, revision, signal } = options;
  const url = pathsInfoUrl(endpoint, { repo, repoType, revision });
  const wanted = [...new Set(paths.map(checkRepoPath))];
  const found = new Map<string, RepoEntry>();
  for (const batch of batchesOf(wanted)) {
    const answer = await http.json({
      method: 'POST',
      // It asks, and changes nothing.
      idempotent: true,
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths: batch }),
      signal,
    });
    if (answer.status !== 200) throw hubError(answer, { endpoint, repo, repoType, revision });
    for (const entry of parseEntries(answer.url, answer.value)) {
      if (!found.has(entry.path)) found.set(entry.path, entry);
    }
  }
  return wanted.map((path) => found.get(path)).filter((entry) => entry !== undefined);
}

function* batchesOf(paths: readonly string[]): Generator<readonly string[], void, undefined> {
  let batch: string[] = [];
  let characters = 0;
  for (const path of paths) {
    if (batch.length === BATCH_PATHS || (batch.length > 0 && characters + path.length > BATCH_CHARS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(path);
    characters += path.length;
  }
  if (batch.length > 0) yield batch;
}
