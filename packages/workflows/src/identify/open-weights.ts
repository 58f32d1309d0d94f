import { isModelkeepError, ModelkeepError } from '@modelkeep/core';
import {
  describeFile,
  selectFiles,
  type HubClient,
  type HubReference,
  type OpenFileOptions,
  type RemoteFile,
} from '@modelkeep/hf-client';
import pMap from 'p-map';
import type { IdentifyRemoteOptions } from './remote-identification.ts';
import type { RepoListing } from './list-repo.ts';
import { weightsSets, type WeightsSet } from './weights-sets.ts';

/** A remote file that is open for reading. */
export interface OpenedFile {
  /** Within the repo; null for a plain URL. */
  readonly path: string | null;
  readonly file: RemoteFile;
  /** As a site tells it whose storage does not, 64 hex. */
  readonly sha256?: string | null | undefined;
}

/** Weights that are open for reading, and what else there is. */
export interface OpenedWeights {
  readonly opened: readonly OpenedFile[];
  /** The opened set first; empty for a single file that was named. */
  readonly sets: readonly WeightsSet[];
}

/** Shards that are opened at a time. */
const CONCURRENCY = 4;
/** The first read of each of several shards: their headers are parts of one, and short. */
const SHARD_READ_BYTES = 131_072;

/** Opens a file of a repo that a reference names; null where it names none that can be read without others. */
export async function openNamedFile(
  hub: HubClient,
  reference: HubReference,
  options: IdentifyRemoteOptions,
): Promise<OpenedWeights | null> {
  const path = options.path ?? reference.path;
  if (path === null || !isWholeFile(path)) return null;
  const { repo, repoType } = reference;
  const revision = options.revision ?? reference.revision ?? 'main';
  const file = await openOrNull(hub, { repo, repoType, revision, path, signal: options.signal });
  return file === null ? null : { opened: [{ path, file }], sets: [] };
}

/** Opens the weights of a repo that a reference names: all the shards that go with one, or the largest in a folder. */
export async function openWeights(
  hub: HubClient,
  { id, at, files, path }: RepoListing,
  { revision: _revision, signal, ...selection }: IdentifyRemoteOptions,
): Promise<OpenedWeights> {
  const selected = selectFiles(files, { ...selection, path: folderOfShard(path), repo: id, companions: false }).files;
  const isNamed = ({ paths }: WeightsSet): boolean => path !== null && paths.includes(path);
  const sets = weightsSets(selected).toSorted((left, right) => Number(isNamed(right)) - Number(isNamed(left)));
  const [first] = sets;
  if (first === undefined) throw noWeights(selected.map((file) => file.path));
  return { opened: await openSet(hub, { id, at, paths: first.paths, signal }), sets };
}

/** Files of a repo that are to be opened. */
export interface SetToOpen extends Pick<RepoListing, 'id' | 'at'> {
  readonly paths: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Opens files that are loaded together. */
export function openSet(hub: HubClient, { id, at, paths, signal }: SetToOpen): Promise<readonly OpenedFile[]> {
  const limits = paths.length === 1 ? {} : { firstReadBytes: SHARD_READ_BYTES };
  return pMap(paths, async (path) => ({ path, file: await hub.openFile(id, path, { ...at, ...limits, signal }) }), {
    concurrency: CONCURRENCY,
    signal,
  });
}

/** Whether a path is that of a file that can be read without the others of its folder. */
function isWholeFile(path: string): boolean {
  const { format, shard } = describeFile(path);
  return format !== null && shard === null;
}

/** A shard stands for all of its set, which is in the same folder. */
function folderOfShard(path: string | null): string | null {
  if (path === null || describeFile(path).shard === null) return path;
  const slash = path.lastIndexOf('/');
  return slash === -1 ? null : path.slice(0, slash);
}

/** @returns null for what is not there as a file: it may be a folder */
async function openOrNull(
  hub: HubClient,
  { repo, path, ...options }: OpenFileOptions & { readonly repo: string; readonly path: string },
): Promise<RemoteFile | null> {
  try {
    return await hub.openFile(repo, path, options);
  } catch (error) {
    if (isModelkeepError(error, 'hub.entry-not-found')) return null;
    throw error;
  }
}

/** @internal */
export function noWeights(paths: readonly string[]): ModelkeepError<'library.nothing-to-import'> {
  return new ModelkeepError('library.nothing-to-import', {
    message: 'there are no weights of a model',
    facts: { paths },
    hint: 'name a .safetensors, .gguf, .ckpt, .pt, .pth, .bin or .onnx file, or a repo that has one',
  });
}
