import { factsOfCivitai, isModelkeepError, type ByteSource } from '@modelkeep/core';
import { openRemoteFile, type RemoteFile } from '@modelkeep/hf-client';
import { weightsSets } from '../identify/weights-sets.ts';
import type { FullAddresses } from './address-book.ts';
import type { DownloadPlan, HubPlanSource } from './download-plan.ts';
import type { DownloadContext } from './download-types.ts';

/** So many of a plan's models are looked at, the largest first: they share a volume. */
const LOOKED_AT = 3;

/** @internal What {@link plannedTypes} looks at. */
export interface PlannedTypesOptions {
  readonly addresses: FullAddresses;
  readonly signal: AbortSignal;
}

/**
 * @internal What the models of a plan are, before they are fetched: as the site says, or as the headers of the largest
 * weights tell. What cannot be found out is left out: then the default of the library decides.
 */
export async function plannedTypes(
  context: DownloadContext,
  plan: DownloadPlan,
  { addresses, signal }: PlannedTypesOptions,
): Promise<readonly string[]> {
  const { source } = plan;
  if (source.provider === 'civitai') {
    const { type } = factsOfCivitai(source.details, {});
    return typeof type === 'string' ? [type] : [];
  }
  const open = async (path: string): Promise<RemoteFile> =>
    source.provider === 'hf'
      ? openOnHub(context, source, { path, signal })
      : openRemoteFile({ http: context.http, url: addresses.url ?? source.url, signal });
  const sized = plan.files.map(({ path, sizeBytes }) => ({ path, sizeBytes: sizeBytes ?? 0 }));
  const types = new Set<string>();
  for (const { paths } of weightsSets(sized).slice(0, LOOKED_AT)) {
    const type = await typeOfSet(context, { paths, open, signal });
    if (type !== null) types.add(type);
  }
  return [...types];
}

function openOnHub(
  { hub }: DownloadContext,
  { repo, commit }: HubPlanSource,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<RemoteFile> {
  return hub.openFile(repo, path, { revision: commit, signal });
}

interface LookedAtSet {
  readonly paths: readonly string[];
  readonly open: (path: string) => Promise<RemoteFile>;
  readonly signal: AbortSignal;
}

async function typeOfSet(context: DownloadContext, { paths, open, signal }: LookedAtSet): Promise<string | null> {
  const opened: RemoteFile[] = [];
  try {
    for (const path of paths) opened.push(await open(path));
    const sources: readonly ByteSource[] = opened;
    const { scan } = await context.identify(sources, { paths, signal });
    return typeof scan.type === 'string' ? scan.type : null;
  } catch (error) {
    signal.throwIfAborted();
    if (!isModelkeepError(error)) throw error;
    // The download itself says what is wrong with a file; where it goes must not depend on it.
    context.logger.warn('the type of a model is not known before it is fetched', { paths, reason: error.message });
    return null;
  } finally {
    for (const file of opened) await file.close();
  }
}
