import type { CivitaiClient } from '@modelkeep/civitai-client';
import { isModelkeepError, type ModelFile, type ModelRecord } from '@modelkeep/core';
import type { HubClient, RepoFileEntry } from '@modelkeep/hf-client';
import { isDerived, type Stay } from '@modelkeep/library';
import type { HttpClient } from '@modelkeep/network';
import { askUrl } from '../acquire/ask-url.ts';
import { findCivitaiFile } from '../acquire/civitai-file-url.ts';
import { isUnreachable } from '../acquire/is-unreachable.ts';

/** @internal Who is asked whether files could be had again. */
export interface SourceContext {
  readonly hub: HubClient;
  readonly civitai: CivitaiClient;
  readonly http: HttpClient;
}

/** How long one model's sources may take to answer, in milliseconds. */
const PATIENCE_MS = 20_000;

/** @internal Why a model had better stay, null where all of it could be had again. */
export type AskSource = (model: ModelRecord, signal?: AbortSignal) => Promise<Stay | null>;

/**
 * @internal Asks the sources of models whether their files could be had again, as they are. A file on the web is asked for
 * its size: it tells no hash that anybody has vouched for. Who does not answer is not asked about the next model: a person
 * waits for room.
 */
export function createSourceStay(context: SourceContext, patienceMs: number = PATIENCE_MS): AskSource {
  const silent = new Set<string>();
  return async (model, signal) => {
    const origins = new Set(model.files.flatMap(({ source }) => originOf(source?.endpoint)));
    for (const origin of origins) {
      if (silent.has(origin)) return { why: 'source-unknown', detail: `${origin} did not answer a moment ago` };
    }
    const patience = AbortSignal.timeout(patienceMs);
    const noted = (detail: string, at: Iterable<string>): Stay => {
      for (const origin of at) silent.add(origin);
      return { why: 'source-unknown', detail };
    };
    try {
      return await askSource(context, model, signal === undefined ? patience : AbortSignal.any([signal, patience]));
    } catch (error) {
      signal?.throwIfAborted();
      if (patience.aborted)
        return noted(`${[...origins].join(', ')} did not answer within ${patienceMs / 1_000} s`, origins);
      if (!isModelkeepError(error)) throw error;
      if (isUnreachable(error)) return noted(error.message, originOf(error.facts));
      return { why: GONE.has(error.code) ? 'not-fetchable' : 'source-unknown', detail: error.message };
    }
  };
}

async function askSource(context: SourceContext, model: ModelRecord, signal: AbortSignal): Promise<Stay | null> {
  for (const files of byCommit(model.files.filter((file) => !isDerived(file)))) {
    const missing = await missingFile(context, files, signal);
    if (missing !== null) return { why: 'not-fetchable', detail: `${missing.name} is not at its source any more` };
  }
  return null;
}

const GONE: ReadonlySet<string> = new Set([
  'hub.repo-not-found',
  'hub.revision-not-found',
  'civitai.not-found',
  'civitai.removed',
]);

/** Of an address, or of the facts of an error that names one. */
function originOf(from: unknown): readonly string[] {
  const address = typeof from === 'object' && from !== null && 'url' in from ? from.url : from;
  return typeof address === 'string' && URL.canParse(address) ? [new URL(address).origin] : [];
}

function byCommit(files: readonly ModelFile[]): readonly (readonly ModelFile[])[] {
  const keyOf = ({ source }: ModelFile): string =>
    source?.provider === 'hf' ? `${source.endpoint}\n${source.repo}\n${source.commit}` : '';
  return [...Map.groupBy(files, (file) => keyOf(file)).values()];
}

async function missingFile(
  { hub, http, civitai }: SourceContext,
  files: readonly ModelFile[],
  signal: AbortSignal | undefined,
): Promise<ModelFile | null> {
  const source = files[0]?.source;
  if (source?.provider !== 'hf') {
    for (const file of files) {
      const { sha256 } = file;
      const isThere =
        file.source?.provider === 'civitai'
          ? (await findCivitaiFile(civitai, { source: file.source, sha256, signal })) !== null
          : await isOnTheWeb(http, file, signal);
      if (!isThere) return file;
    }
    return null;
  }
  const { repo, commit, endpoint } = source;
  if (repo === null || commit === null || endpoint !== hub.endpoint) return files[0] ?? null;
  const paths = files.map(({ officialName }) => officialName);
  const entries = new Map<string, RepoFileEntry>();
  for (const entry of await hub.pathsInfo(repo, paths, { revision: commit, signal })) {
    if (entry.type === 'file') entries.set(entry.path, entry);
  }
  return files.find((file) => !isSame(file, entries.get(file.officialName))) ?? null;
}

function isSame(file: ModelFile, entry: RepoFileEntry | undefined): boolean {
  if (entry === undefined || entry.sizeBytes !== file.sizeBytes) return false;
  if (entry.sha256 !== null) return entry.sha256 === file.sha256;
  return file.gitSha1 === null || entry.gitSha1 === file.gitSha1;
}

async function isOnTheWeb(
  http: HttpClient,
  { source, sizeBytes }: ModelFile,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (source?.provider !== 'url' || source.endpoint === null || source.path === null) return false;
  try {
    return (await askUrl(http, `${source.endpoint}${source.path}`, signal)).sizeBytes === sizeBytes;
  } catch (error) {
    if (isModelkeepError(error, 'network.status') || isModelkeepError(error, 'transfer.bad-answer')) return false;
    throw error;
  }
}
