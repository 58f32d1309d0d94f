import { detailsOfVersion, type CivitaiClient } from '@modelkeep/civitai-client';
import { ModelkeepError } from '@modelkeep/core';
import type { CivitaiReference } from '@modelkeep/hf-client';
import { refuseUnsafeNames, type LibraryStore } from '@modelkeep/library';
import { bareUrl, type AddressBook } from './address-book.ts';
import { chooseCivitaiFiles } from './choose-civitai-files.ts';
import { findCivitaiVersion, refuseRemoved, removedError } from './find-civitai-version.ts';
import type { CivitaiPlanSource, DownloadPlan, Gate } from './download-plan.ts';
import { refuseSeveralFiles, withExpected, type ExpectedFileOptions } from './expected-file.ts';
import { plannedFiles, type FileToPlan } from './planned-files.ts';
import { refuseWithoutWeights } from './refuse-without-weights.ts';

/** @internal What {@link planCivitaiDownload} works with. */
export interface PlanCivitaiContext {
  readonly civitai: CivitaiClient;
  readonly store: LibraryStore;
  readonly addresses: AddressBook;
}

/** @internal Which files, and what the caller knows of them. */
export interface PlanCivitaiOptions extends ExpectedFileOptions {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Tells what the download of a version on Civitai would fetch.
 *
 * @throws `civitai.*`, `network.*`, `library.unsafe-name`, `library.nothing-to-import` where no weights are wanted
 */
export async function planCivitaiDownload(
  { civitai, store, addresses }: PlanCivitaiContext,
  reference: CivitaiReference,
  options: PlanCivitaiOptions,
): Promise<DownloadPlan> {
  const { signal } = options;
  const { version, tags, description } = await findCivitaiVersion(civitai, reference, signal);
  const page = civitai.pageUrl({ versionId: version.id, modelId: version.modelId });
  refuseRemoved(version, page);
  const chosen = chooseCivitaiFiles(version, { choice: reference.file, ...options });
  const names = chosen.map(({ name }) => name);
  refuseUnsafeNames(names);
  refuseWithoutWeights(names);
  if (options.sha256 !== null) refuseSeveralFiles('sha256', chosen.length);
  if (options.mirrors.length > 0) refuseSeveralFiles('mirrors', chosen.length);
  const wanted = chosen.map(({ name, sizeKb, hashes }): FileToPlan => {
    const file = { path: name, sizeBytes: bytesOf(sizeKb), sha256: longOrNull(hashes.sha256), gitSha1: null };
    return chosen.length === 1 ? withExpected(file, { ...options, url: page }) : file;
  });
  const planned = await plannedFiles(store, wanted, signal);
  const needed = planned.files.find(({ present }) => !present);
  const [only = null] = chosen.length === 1 ? chosen : [];
  const source: CivitaiPlanSource = {
    provider: 'civitai',
    endpoint: civitai.endpoint,
    modelId: version.modelId,
    versionId: version.id,
    fileIds: Object.fromEntries(chosen.map(({ name, id }) => [name, id])),
    details: detailsOfVersion(version, only),
  };
  return {
    source,
    mirrors: options.mirrors.map((mirror) => bareUrl(mirror)),
    queriesId: addresses.keep({ url: null, mirrors: options.mirrors }),
    ...planned,
    left: [],
    variants: [],
    licence: null,
    tags,
    description: description ?? version.description,
    gate: needed === undefined ? null : await gateOf(civitai, source, { path: needed.path, page, signal }),
  };
}

async function gateOf(
  civitai: CivitaiClient,
  { versionId, modelId, fileIds }: CivitaiPlanSource,
  { path, page, signal }: { readonly path: string; readonly page: string; readonly signal: AbortSignal | undefined },
): Promise<Gate | null> {
  const fileId = fileIds[path] ?? null;
  const access = await civitai.access({ versionId, fileId, modelId }, { signal });
  switch (access.kind) {
    case 'ready':
      return null;
    case 'login':
      return { kind: 'auto', granted: false, reason: 'token', acceptUrl: access.url };
    case 'early-access':
      return {
        kind: 'early-access',
        granted: false,
        reason: 'early-access',
        acceptUrl: access.url,
        ...(access.until === null ? {} : { until: access.until }),
      };
    case 'no-access':
      return { kind: 'manual', granted: false, reason: 'gate', acceptUrl: access.url };
    case 'archived':
      throw removedError({ id: versionId }, 'archived', page);
    case 'not-found':
    default:
      throw new ModelkeepError('civitai.not-found', {
        message: `${path} of version ${versionId} is not on Civitai any more`,
        facts: { what: 'file', id: fileId, status: 404, url: page },
      });
  }
}

/** A size in units of 1,024 bytes is exact, unless somebody has rounded it. */
function bytesOf(sizeKb: number | null): number | null {
  const bytes = (sizeKb ?? Number.NaN) * 1_024;
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}

function longOrNull(sha256: string | null): string | null {
  return sha256?.length === 64 ? sha256 : null;
}
