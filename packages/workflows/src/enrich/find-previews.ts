import { createHash } from 'node:crypto';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { isModelkeepError, type ModelRecord, type ModelSource } from '@modelkeep/core';
import { previewNames, type Picture } from '@modelkeep/formats';
import type { RefreshedModel } from '@modelkeep/library';
import type { EnrichContext } from './enrich-types.ts';
import type { AskOptions } from './growing-report.ts';
import { fetchPicture, isRefusedAddress } from './pictures.ts';

/** For how long an address that gave no picture is not asked again. */
const MISS_MS = 604_800_000;
/** Of many addresses the first that are tried. */
const MAX_TRIED = 3;
/** A picture without a rating may be anything. */
const UNRATED = 32;
const nowhere = { provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path: null } as const;

/**
 * @internal Gives models that have none a picture: one that stands beside the file that a model was imported from, one that
 * its own files hold, and where that is wished one that a site shows of it.
 */
export async function findPreviews(
  context: EnrichContext,
  models: readonly RefreshedModel[],
  options: AskOptions,
): Promise<void> {
  const { previews = 'local', report, signal } = options;
  if (previews === 'none') return;
  for (const model of models) {
    signal?.throwIfAborted();
    const { record } = model;
    if (record.preview !== undefined || record.evictedAt !== undefined) continue;
    // Into the folders of others nothing is written.
    if (record.place.kind !== 'library') {
      report.count('previewsOutside');
      continue;
    }
    if (await addLocal(context, record, options)) continue;
    if (previews === 'fetch') await addFetched(context, model, options);
  }
}

/** @returns whether there was one */
async function addLocal(context: EnrichContext, record: ModelRecord, options: AskOptions): Promise<boolean> {
  const { report, signal } = options;
  const found = (await besideSource(context, record, signal)) ?? (await heldPicture(context, record, signal));
  if (found === null) return false;
  await context.store.addPreview(record, { bytes: found.picture.bytes, source: found.source, signal });
  report.gained(record, 'preview');
  return true;
}

interface FoundPicture {
  readonly picture: Picture;
  readonly source: ModelSource;
}

/** The picture that stands beside the file that a model was imported from, where that file is still there. */
async function besideSource(
  { identifier, fileSystem }: EnrichContext,
  { files }: ModelRecord,
  signal?: AbortSignal,
): Promise<FoundPicture | null> {
  const source = files.find(({ role }) => role === 'weights')?.source;
  const path = source?.provider === 'local' ? source.path : null;
  // It is what a metadata.json says: no machine is asked for a picture because of it.
  if (path === null || path === undefined || !isAbsolute(path) || path.startsWith('\\\\')) return null;
  try {
    const entries = await fileSystem.readdir(dirname(path));
    if (!entries.some(({ name, kind }) => name === basename(path) && kind === 'file')) return null;
    const names = entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
    for (const name of previewNames(basename(path), names)) {
      const place = join(dirname(path), name);
      const picture = await identifier.readPicture(place, { signal });
      if (picture !== null) return { picture, source: { ...nowhere, path: place } };
    }
  } catch (error) {
    if (!isModelkeepError(error) || !error.code.startsWith('io.')) throw error;
  }
  return null;
}

/** What was looked into once without finding one is not read again: its bytes stay the same. */
async function heldPicture(
  { store, previewMisses, clock }: EnrichContext,
  record: ModelRecord,
  signal?: AbortSignal,
): Promise<FoundPicture | null> {
  const key = hashOf(record.files.map(({ sha256 }) => sha256).join());
  if ((await previewMisses.find([key], signal)).has(key)) return null;
  const picture = await store.heldPicture(record, { signal });
  if (picture === null) await previewMisses.note([key], clock.now(), signal);
  return picture === null ? null : { picture, source: nowhere };
}

async function addFetched(context: EnrichContext, model: RefreshedModel, options: AskOptions): Promise<void> {
  const { report, signal, offline = false, renew = false, previewNsfwLevel = 1 } = options;
  const { store, http, previewMisses, clock } = context;
  // What was asked meanwhile may have told of pictures.
  const { record, previews } = await store.refresh(model.record, { signal });
  if (record.preview !== undefined) return;
  const levelOf = ({ nsfwLevel }: RefreshedModel['previews'][number]): number => nsfwLevel ?? UNRATED;
  const urls = previews
    .filter((preview) => levelOf(preview) <= previewNsfwLevel)
    .toSorted((a, b) => levelOf(a) - levelOf(b))
    .map(({ url }) => url)
    .slice(0, MAX_TRIED);
  const misses = await previewMisses.find(
    urls.map((url) => hashOf(url)),
    signal,
  );
  const isOpen = (url: string): boolean => renew || clock.now() - (misses.get(hashOf(url)) ?? -MISS_MS) >= MISS_MS;
  for (const url of urls.filter((one) => isOpen(one))) {
    if (offline) {
      report.left(record, 'preview', 'offline');
      return;
    }
    try {
      const bytes = await fetchPicture(http, url, signal);
      if (bytes === null) {
        await previewMisses.note([hashOf(url)], clock.now(), signal);
        continue;
      }
      const { origin: endpoint, pathname: path } = new URL(url);
      await store.addPreview(record, { bytes, source: { ...nowhere, provider: 'url', endpoint, path }, signal });
      report.gained(record, 'preview');
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const isOfNetwork = isModelkeepError(error) && error.code.startsWith('network.');
      if (isRefusedAddress(error)) await previewMisses.note([hashOf(url)], clock.now(), signal);
      else if (!isOfNetwork) throw error;
      report.failed('preview', record.id, error);
      if (isRefusedAddress(error)) continue;
      report.left(record, 'preview', 'failed');
      return;
    }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
