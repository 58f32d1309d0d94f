import type { DeclaredModel, ManifestEntry, ProgressEntry, SharedState } from '@modelkeep/fleet';
import { readDeclaredSource } from './declared-source.ts';
import { bytesHere, type FilesHereContext } from './files-here.ts';
import { neededFiles, type NeededFilesContext } from './needed-files.ts';

/** How a declared model is in this library. Plain data. */
export interface ModelStatus {
  readonly key: string;
  readonly description: string | null;
  readonly service: string | null;
  /** What was declared. */
  readonly source: string;
  /** `org/name`, `civitai:<model>`, or the address of a file without its query. */
  readonly repoId: string;
  /** `ready`: every file is here; `incomplete`: some of them are; `missing`: none is, or nobody knows which it needs. */
  readonly state: 'ready' | 'incomplete' | 'missing';
  /** The commit or version that is here, or was; null where nobody knows. */
  readonly revision: string | null;
  /** Of all its files, as far as they are known. */
  readonly sizeBytes: number;
  /** Of those that are here. */
  readonly bytesHere: number;
  /** How far its last download is; null where there was none. */
  readonly progress: ProgressEntry | null;
}

/** @internal */
export interface ModelStatusContext extends NeededFilesContext, FilesHereContext {
  readonly state: SharedState;
}

/** @internal How a declared model is: what was completed says what to look for, and the files say whether it is there. */
export async function statusOf(
  context: ModelStatusContext,
  model: DeclaredModel,
  told: {
    readonly entry: ManifestEntry | null;
    readonly progress: ProgressEntry | null;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ModelStatus> {
  const { key, description, service, source } = model;
  const { repoId } = readDeclaredSource(source, context.hubEndpoint);
  // An entry of another repo is of another declaration under this key.
  const entry = told.entry?.repoId === repoId ? told.entry : null;
  const needed = await neededFiles(context, model, entry);
  const here = await bytesHere(context, needed?.files ?? [], told.signal);
  const known = needed?.files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0) ?? 0;
  const isWhole = needed !== null && needed.files.length > 0 && here.missing === 0;
  return {
    key,
    description,
    service,
    source,
    repoId,
    state: isWhole ? 'ready' : here.bytes > 0 ? 'incomplete' : 'missing',
    revision: needed?.revision ?? entry?.revision ?? null,
    sizeBytes: Math.max(known, entry?.sizeBytes ?? 0, isWhole ? here.bytes : 0),
    bytesHere: here.bytes,
    progress: told.progress,
  };
}
