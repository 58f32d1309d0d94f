import { isAbsolute } from 'node:path';
import { isModelkeepError, type ModelSource } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { BadContent, ContentSource, Transaction, TransactionFile } from '@modelkeep/library';
import { civitaiFileUrl } from '../acquire/civitai-file-url.ts';
import type { DownloadContext } from '../acquire/download-types.ts';

/** @internal What {@link fetchContent} works with. */
export interface FetchContentContext extends DownloadContext {
  readonly io: Io;
}

/** @internal Called with bytes done. */
export interface FetchContentOptions {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (bytesDone: number) => void;
}

/**
 * @internal Fetches content that is damaged from where it once came from, and puts it in its place. Parts that did not
 * come whole are kept: the next repair goes on with them.
 *
 * @returns null when it was done, else why not, for people
 */
export async function fetchContent(
  context: FetchContentContext,
  bad: BadContent,
  options: FetchContentOptions,
): Promise<string | null> {
  const reasons: string[] = [];
  for (const place of bad.sources) {
    options.signal?.throwIfAborted();
    const transaction = await beginRenewal(context, bad, { source: place.source, signal: options.signal });
    try {
      const [file] = transaction.files;
      if (file === undefined) continue;
      const refusal = await fetchFrom(context, { place, bad, file, transaction, ...options });
      if (refusal === null) {
        await transaction.discard();
        return null;
      }
      reasons.push(refusal);
      await transaction.discard();
    } catch (error) {
      await transaction.abandon(context.logger, { keepParts: true });
      options.signal?.throwIfAborted();
      if (!isModelkeepError(error)) throw error;
      reasons.push(error.message);
    }
  }
  return reasons.length === 0 ? 'no model says where it came from' : [...new Set(reasons)].join('; ');
}

function beginRenewal(
  { store }: FetchContentContext,
  { sha256, gitSha1, sizeBytes, volumeId }: BadContent,
  { source, signal }: { readonly source: ModelSource; readonly signal: AbortSignal | undefined },
): Promise<Transaction> {
  // The hash is name enough: the file that it stands for is never seen under this one.
  return store.begin([{ name: sha256, sizeBytes, sha256, gitSha1, source }], {
    renew: true,
    volume: volumeId ?? 'first',
    signal,
  });
}

interface Fetching extends FetchContentOptions {
  readonly place: ContentSource;
  readonly bad: BadContent;
  readonly file: TransactionFile;
  readonly transaction: Transaction;
}

async function fetchFrom(context: FetchContentContext, fetching: Fetching): Promise<string | null> {
  const { place, bad, file, transaction, signal, onProgress } = fetching;
  if (place.source.provider === 'local') return copyFrom(context, fetching);
  const url = await urlOf(context, fetching);
  if (url === null) return whyNowhere(place);
  const { sha256, sizeBytes, gitSha1 } = bad;
  const job = context.transfers.addAll(
    [
      {
        file: bad.file,
        url,
        part: file.part,
        journal: file.journal,
        quarantine: transaction.quarantine,
        expected: { sizeBytes, sha256, gitSha1 },
        maxConnections: context.maxConnections,
        deliver: (content) => transaction.publish(file.name, content),
      },
    ],
    { signal },
  );
  job.progress.subscribe(({ bytesOnDisk }) => onProgress(bytesOnDisk));
  await job.result;
  return null;
}

/** Where it was imported from, if it is still there and still the same. */
async function copyFrom(context: FetchContentContext, fetching: Fetching): Promise<string | null> {
  const { place, bad, file, transaction, signal, onProgress } = fetching;
  const { path } = place.source;
  // The path is what a metadata.json says: no device, no pipe, nothing that another machine would be asked for.
  if (path === null || !isAbsolute(path) || path.startsWith('\\\\')) return 'nobody knows where it was imported from';
  const { kind, sizeBytes: found } = await context.io.fileSystem.stat(path);
  if (kind !== 'file' || found !== bad.sizeBytes) return `${path} is another file by now`;
  const { digests, sizeBytes } = await context.io.copyFile({
    source: path,
    target: file.part,
    algorithms: ['sha256', 'blake3'],
    signal,
    onProgress,
  });
  if (digests.sha256 !== bad.sha256) return `${path} is another file by now`;
  await transaction.publish(file.name, { sizeBytes, ...digests, gitSha1: null });
  return null;
}

async function urlOf(
  { hub, civitai }: FetchContentContext,
  { place: { source, officialName }, bad: { sha256 }, signal }: Fetching,
): Promise<string | null> {
  const { provider, endpoint, repo, commit, revision, path } = source;
  if (provider === 'url') return endpoint === null || path === null ? null : `${endpoint}${path}`;
  if (provider === 'civitai') return civitaiFileUrl(civitai, { source, sha256, signal });
  const pinned = commit ?? revision;
  if (provider !== 'hf' || repo === null || pinned === null) return null;
  // A cache of Hugging Face does not tell which hub it is from: the hash decides.
  if (endpoint !== null && endpoint !== hub.endpoint) return null;
  return hub.resolveUrl(repo, officialName, { revision: pinned });
}

function whyNowhere({ source: { provider, endpoint, revision } }: ContentSource): string {
  if (provider === 'civitai')
    return `version ${revision ?? ''} of ${endpoint ?? 'Civitai'} has no file of this content`;
  if (provider === 'ollama') return `it came from ${endpoint ?? 'Ollama'}: pull it there again, and import it`;
  return `it came from ${endpoint ?? 'a hub'}, which is not the hub of this session`;
}
