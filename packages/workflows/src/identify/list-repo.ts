import type { HubClient, HubReference, RepoFileEntry, RevisionOptions } from '@modelkeep/hf-client';
import type { IdentifyRemoteOptions } from './remote-identification.ts';

/** What a repo has at a commit. */
export interface RepoListing {
  readonly id: string;
  readonly at: Omit<RevisionOptions, 'signal'>;
  readonly files: readonly RepoFileEntry[];
  /** The file or folder that is meant; null for all of it. */
  readonly path: string | null;
}

/** Lists the files of the repo that a reference names. */
export async function listRepo(
  hub: HubClient,
  reference: HubReference,
  { revision: givenRevision, path, signal }: IdentifyRemoteOptions,
): Promise<RepoListing> {
  const { repo, repoType } = reference;
  const revision = givenRevision ?? reference.revision ?? 'main';
  const info = await hub.repoInfo(repo, { repoType, revision, signal });
  const at = { repoType, revision: info.commit };
  const files: RepoFileEntry[] = [];
  for await (const entry of hub.listTree(info.id, { ...at, signal })) if (entry.type === 'file') files.push(entry);
  return { id: info.id, at, files, path: path ?? reference.path };
}
