import { ModelkeepError, startOperation, type ModelFile, type ModelRecord, type Operation } from '@modelkeep/core';
import { isFetchable, type Transaction } from '@modelkeep/library';
import { civitaiFileUrl } from '../acquire/civitai-file-url.ts';
import type { DownloadContext } from '../acquire/download-types.ts';

/** How an evicted model is restored. */
export interface RestoreOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What a restored model took. Plain data. */
export interface RestoreResult {
  readonly model: ModelRecord;
  readonly bytesFetched: number;
  /** Bytes that the library had all the same. */
  readonly bytesPresent: number;
}

/**
 * @internal Fetches the files of an evicted model again, exactly as they were, and gives them back to it. One that was not
 * evicted is left as it is.
 */
export function restoreModel(
  context: DownloadContext,
  reference: string,
  { signal }: RestoreOptions = {},
): Operation<RestoreResult> {
  return startOperation(async (report) => {
    signal?.throwIfAborted();
    const { store } = context;
    const model = await store.resolve(reference);
    if (model.evictedAt === undefined) return { model, bytesFetched: 0, bytesPresent: model.sizeBytes };
    const wanted = contentsOf(model);
    const transaction = await store.begin(
      wanted.map(({ sha256, sizeBytes, gitSha1, source }) => ({
        // The hash is name enough: no file is ever seen under it.
        name: sha256,
        sizeBytes,
        sha256,
        gitSha1,
        source: source ?? local,
      })),
      { signal },
    );
    try {
      const missing = transaction.files.filter(({ content }) => content === null);
      const bytesTotal = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const bytesPresent = bytesTotal - missing.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
      const fileOf = (name: string): ModelFile | undefined => wanted.find((file) => file.sha256 === name);
      const urls = new Map<string, string>();
      for (const { name } of missing) urls.set(name, await urlOf(context, model, { file: fileOf(name), signal }));
      const job = context.transfers.addAll(
        missing.map(({ name, part, journal, sizeBytes, sha256, gitSha1 }) => ({
          file: fileOf(name)?.name ?? name,
          url: urls.get(name) ?? '',
          part,
          journal,
          quarantine: transaction.quarantine,
          expected: { sizeBytes, sha256, gitSha1 },
          maxConnections: context.maxConnections,
          deliver: (content) => transaction.publish(name, content),
          reuse: (content) => transaction.adopt(name, content),
        })),
        { signal },
      );
      job.progress.subscribe(({ bytesOnDisk }) => {
        const bytesDone = bytesPresent + bytesOnDisk;
        const fraction = bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal);
        report({ phase: 'downloading', bytesDone, bytesTotal, fraction });
      });
      await job.result;
      const restored = await store.revive(model.id, { signal });
      await transaction.discard();
      report({ phase: 'done', fraction: 1 });
      return { model: restored, bytesFetched: bytesTotal - bytesPresent, bytesPresent };
    } catch (error) {
      await abandonKept(context, transaction);
      throw error;
    }
  });
}

const local = { provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path: null } as const;

/** Parts stay, so that the next attempt goes on. */
async function abandonKept({ logger }: DownloadContext, transaction: Transaction): Promise<void> {
  await transaction.abandon(logger, { keepParts: true });
}

/** Each content once. */
function contentsOf({ files }: ModelRecord): readonly ModelFile[] {
  return [...new Map(files.map((file) => [file.sha256, file])).values()];
}

async function urlOf(
  { hub, civitai }: DownloadContext,
  model: ModelRecord,
  { file, signal }: { readonly file: ModelFile | undefined; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const source = file?.source;
  if (file !== undefined && source !== null && source !== undefined && isFetchable(file)) {
    const { provider, endpoint, path, repo, commit } = source;
    if (provider === 'url') return `${endpoint}${path}`;
    if (provider === 'hf' && endpoint === hub.endpoint && repo !== null && commit !== null)
      return hub.resolveUrl(repo, file.officialName, { revision: commit });
    const url = await civitaiFileUrl(civitai, { source, sha256: file.sha256, signal });
    if (url !== null) return url;
  }
  const { id, slug } = model;
  throw new ModelkeepError('workflows.not-fetchable', {
    message: `nobody knows where ${file?.name ?? 'a file'} of ${slug} could be had again`,
    facts: { modelId: id, slug, files: file === undefined ? [] : [file.name] },
    hint: 'import its files again: the model takes them back, with all that is known of it',
  });
}
