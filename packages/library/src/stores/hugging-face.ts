import { basename, dirname, join, resolve } from 'node:path';
import { isModelkeepError, isSha1, isSha256, type ModelSource } from '@modelkeep/core';
import type { FileSystem, FolderEntry } from '@modelkeep/io';
import { judgeName } from '../names/judge-name.ts';
import type { FileProblem } from '../scan/scan-report.ts';
import { inspectFile, refused } from './inspect-file.ts';
import type { StoreFile, StoreReading, StoreSet } from './store-set.ts';

const REPO_FOLDER = /^models--(?<repo>[\w.-]+(?:--[\w.-]+)?)$/u;
const MAX_DEPTH = 16;
const MAX_REF_BYTES = 256;

/** @internal The id of the repo that a folder of the cache is of; null for any other folder. */
export function repoOfFolder(name: string): string | null {
  const repo = REPO_FOLDER.exec(name)?.groups?.['repo'];
  if (repo === undefined) return null;
  const segments = repo.split('--');
  return segments.length <= 2 && segments.every((segment) => /^\w/u.test(segment)) ? segments.join('/') : null;
}

/**
 * @internal Reads one repo of the cache that the Hugging Face libraries share: `snapshots/<commit>/<path>` are the names,
 * links to `blobs/<etag>` or the files themselves; a blob may be a link into the `blobs` of the whole cache. The etag is
 * the SHA-256 of a large file and git's hash of a small one.
 *
 * @param folder - `…/models--<org>--<name>`, without links on the way
 */
export async function readHuggingFaceRepo(fileSystem: FileSystem, folder: string): Promise<StoreReading> {
  const repo = repoOfFolder(basename(folder));
  if (repo === null) return { sets: [], problems: [refused(folder, 'its name is that of no repo')], skipped: [] };
  const problems: FileProblem[] = [];
  const references = await readReferences(fileSystem, join(folder, 'refs'));
  const cache = dirname(folder);
  const shared = join(cache, 'blobs');
  const sets: StoreSet[] = [];
  const commits = await entriesOf(fileSystem, join(folder, 'snapshots'));
  // What a branch leads to comes first: of several commits with the same weights it gives the small files.
  const ranked = commits.toSorted(
    (a, b) => rank(references, a.name) - rank(references, b.name) || (a.name < b.name ? -1 : 1),
  );
  for (const { name: commit, kind } of ranked) {
    const snapshot = join(folder, 'snapshots', commit);
    if (kind !== 'folder' || !isSha1(commit)) {
      problems.push(refused(snapshot, 'its name is that of no commit'));
      continue;
    }
    const [revision = commit] = references.get(commit) ?? [];
    const sourceOf = (path: string): ModelSource => ({ provider: 'hf', endpoint: null, repo, revision, commit, path });
    const granted = [join(folder, 'blobs'), snapshot, shared];
    const files: StoreFile[] = [];
    for (const name of await namesBelow(fileSystem, snapshot, problems)) {
      const path = join(snapshot, name);
      const problem = judgeName(name);
      const found =
        problem === null
          ? await inspectFile(fileSystem, path, granted)
          : refused(path, `its name is unsafe (${problem})`);
      if ('code' in found) problems.push(found);
      else
        files.push({
          name,
          path,
          ...found,
          claim: await claimOf(fileSystem, { folder, path }),
          source: sourceOf(name),
        });
    }
    const name = repo.slice(repo.indexOf('/') + 1);
    sets.push({ name, folder: snapshot, bases: [folder, cache], files, sourceGroup: `hf:${repo}`, layers: {} });
  }
  return { sets, problems, skipped: [] };
}

function rank(references: ReadonlyMap<string, readonly string[]>, commit: string): number {
  const names = references.get(commit) ?? [];
  if (names.includes('main')) return 0;
  return names.length > 0 ? 1 : 2;
}

/** The names of branches and tags by commit: `refs/main`, `refs/refs/pr/1`. */
async function readReferences(fileSystem: FileSystem, folder: string): Promise<Map<string, string[]>> {
  const references = new Map<string, string[]>();
  for (const name of await namesBelow(fileSystem, folder, [])) {
    try {
      const bytes = await fileSystem.readFile(join(folder, name), { maxBytes: MAX_REF_BYTES });
      const commit = Buffer.from(bytes).toString('utf8').trim();
      if (isSha1(commit)) references.set(commit, [...(references.get(commit) ?? []), name]);
    } catch (error) {
      // A name that cannot be read names nothing; the commits are there without it.
      if (!isModelkeepError(error)) throw error;
    }
  }
  return references;
}

/** Paths of all files and links below a folder, `/` between segments, sorted. Links to folders are not followed. */
async function namesBelow(fileSystem: FileSystem, folder: string, problems: FileProblem[]): Promise<string[]> {
  const names: string[] = [];
  const visit = async (below: string, depth: number): Promise<void> => {
    for (const { name, kind } of await entriesOf(fileSystem, join(folder, below), problems)) {
      const path = below === '' ? name : `${below}/${name}`;
      if (kind === 'folder' && depth < MAX_DEPTH) await visit(path, depth + 1);
      else if (kind === 'file' || kind === 'symlink') names.push(path);
      else problems.push(refused(join(folder, path), kind === 'folder' ? 'it is too deep' : 'it is no file'));
    }
  };
  await visit('', 0);
  return names.toSorted();
}

async function entriesOf(
  fileSystem: FileSystem,
  folder: string,
  problems?: FileProblem[],
): Promise<readonly FolderEntry[]> {
  try {
    return await fileSystem.readdir(folder);
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    if (error.code !== 'io.not-found') problems?.push({ path: folder, code: error.code, message: error.message });
    return [];
  }
}

/** Only the name that a snapshot links to is an etag: what that links to may be named after anything. */
async function claimOf(
  fileSystem: FileSystem,
  { folder, path }: { readonly folder: string; readonly path: string },
): Promise<StoreFile['claim']> {
  try {
    if ((await fileSystem.lstat(path)).kind !== 'symlink') return { sha256: null, gitSha1: null };
    const target = resolve(dirname(path), await fileSystem.readlink(path));
    const etag = dirname(target) === join(folder, 'blobs') ? basename(target) : '';
    return { sha256: isSha256(etag) ? etag : null, gitSha1: isSha1(etag) ? etag : null };
  } catch (error) {
    if (!isModelkeepError(error)) throw error;
    return { sha256: null, gitSha1: null };
  }
}
