import { basename } from 'node:path';
import { ModelkeepError, startOperation, type ModelRecord, type Operation, type Progress } from '@modelkeep/core';
import type { HubLookup, LookupOptions, LookupResult, LookupSubject } from '@modelkeep/hf-client';
import type { Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';

/** What {@link lookupFile} works with. */
export interface LookupContext {
  readonly lookup: HubLookup;
  readonly store: LibraryStore;
  readonly io: Io;
}

/** Which file is looked for: by its hash, its name, or the file itself. */
export interface LookupQuery extends LookupSubject {
  /** A file on this machine: its hashes, size and name are looked for. What is given beside it wins. */
  readonly path?: string | undefined;
}

/** Where a file comes from, as far as that can be told. Plain data. */
export interface LookupReport extends LookupResult {
  /** What was looked for, with what was found out about it. */
  readonly subject: LookupSubject;
  /** Models of this library that have a file of exactly this content. */
  readonly models: readonly ModelRecord[];
}

/** Hubs keep larger files by their sha256 alone. */
const MAX_GIT_BYTES = 64 * 1024 * 1024;

/**
 * Finds where a file comes from: in this library, in the file lists that were seen before, and in repos of a like name.
 *
 * `result` rejects with `core.invalid-argument` where there is neither a hash, a name nor a path, `io.*` for a path that
 * cannot be read, and with the signal's reason. A hub that cannot be asked is told in the result.
 */
export function lookupFile(
  context: LookupContext,
  query: LookupQuery,
  options: LookupOptions = {},
): Operation<LookupReport> {
  return startOperation(async (report) => {
    const subject = await subjectOf(context, query, { signal: options.signal, report });
    const { sha256, gitSha1, fileName } = subject;
    report({ phase: 'identifying', file: null });
    const models = await modelsWith(context.store, { sha256, gitSha1, signal: options.signal });
    const found =
      sha256 === undefined
        ? await context.lookup.lookupByFilename(nameOf(fileName), { ...subject, ...options })
        : await context.lookup.lookupByHash(sha256, { ...subject, ...options });
    report({ phase: 'done', fraction: 1, etaMs: 0 });
    return { ...found, subject, models };
  });
}

interface SubjectOptions {
  readonly signal: AbortSignal | undefined;
  readonly report: (change: Partial<Progress>) => void;
}

async function subjectOf(
  { io }: LookupContext,
  { path, ...given }: LookupQuery,
  { signal, report }: SubjectOptions,
): Promise<LookupSubject> {
  const known = { ...given, sha256: given.sha256?.toLowerCase(), gitSha1: given.gitSha1?.toLowerCase() };
  if (path === undefined) return known;
  const { sizeBytes: bytesTotal } = await io.fileSystem.stat(path);
  report({ phase: 'hashing', file: path, bytesTotal });
  const { sizeBytes, digests } = await io.hashFile(path, {
    algorithms: bytesTotal <= MAX_GIT_BYTES ? ['sha256', 'git-sha1'] : ['sha256'],
    priority: 'interactive',
    signal,
    onProgress: (bytesDone) => report({ bytesDone, fraction: bytesTotal === 0 ? 1 : bytesDone / bytesTotal }),
  });
  return {
    sha256: known.sha256 ?? digests.sha256,
    gitSha1: known.gitSha1 ?? digests['git-sha1'],
    sizeBytes: known.sizeBytes ?? sizeBytes,
    fileName: known.fileName ?? basename(path),
  };
}

function nameOf(fileName: string | undefined): string {
  if (fileName !== undefined) return fileName;
  throw new ModelkeepError('core.invalid-argument', {
    message: 'there is nothing to look for',
    facts: { argument: 'query' },
    hint: 'give a sha256, a file name or the path of a file',
  });
}

interface WantedHashes {
  readonly sha256: string | undefined;
  readonly gitSha1: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function modelsWith({ index }: LibraryStore, { sha256, gitSha1, signal }: WantedHashes): Promise<ModelRecord[]> {
  if (sha256 === undefined && gitSha1 === undefined) return [];
  const hits = await index.findByFileHash({ sha256, gitSha1, signal });
  const models: ModelRecord[] = [];
  for (const id of new Set(hits.map(({ modelId }) => modelId))) {
    const record = await index.get(id, { signal });
    if (record !== null) models.push(record);
  }
  return models;
}
