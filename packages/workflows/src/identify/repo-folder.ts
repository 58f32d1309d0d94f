import type { FolderFile, FolderReader } from '@modelkeep/formats';
import type { HubClient } from '@modelkeep/hf-client';
import type { RepoListing } from './list-repo.ts';

/** A folder of a repo, with what was read of it. */
export interface RepoFolder extends FolderReader {
  /** Before the paths of its files; `''` or with a `/` at its end. */
  readonly prefix: string;
  readonly bytesFetched: () => number;
}

/** @internal The folder that is meant, where it has a description of what is in it; null for any other. */
export function repoFolder(
  hub: HubClient,
  { id, at, files, path }: RepoListing,
  signal: AbortSignal | undefined,
): RepoFolder | null {
  const prefix = path === null || path === '' ? '' : `${path.replace(/\/+$/u, '')}/`;
  const here = files.flatMap((file): FolderFile[] => {
    const inside = file.path.slice(prefix.length);
    const isHidden = /(?:^|\/)\./u.test(inside);
    return file.path.startsWith(prefix) && !isHidden ? [{ path: inside, sizeBytes: file.sizeBytes }] : [];
  });
  if (!here.some((file) => file.path === 'model_index.json' || file.path === 'config.json')) return null;
  let bytesFetched = 0;
  return {
    path: `hf:${id}/${prefix}`.replace(/\/$/u, ''),
    prefix,
    bytesFetched: () => bytesFetched,
    list: async (part) =>
      here.filter((file) => (part === '' ? !file.path.includes('/') : file.path.startsWith(`${part}/`))),
    read: async ({ path: inside, sizeBytes }) => {
      await using file = await hub.openFile(id, prefix + inside, { ...at, signal, maxReadBytes: sizeBytes });
      const bytes = await file.read(0, sizeBytes, signal);
      bytesFetched += file.bytesFetched;
      return bytes;
    },
  };
}
