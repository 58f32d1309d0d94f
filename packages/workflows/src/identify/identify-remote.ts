import type { CivitaiClient } from '@modelkeep/civitai-client';
import type { ByteSource } from '@modelkeep/core';
import type { Identification, IdentifyOptions } from '@modelkeep/formats';
import {
  openRemoteFile,
  parseReference,
  type CivitaiReference,
  type HubClient,
  type UrlReference,
} from '@modelkeep/hf-client';
import type { HttpClient } from '@modelkeep/network';
import { openCivitai } from './open-civitai.ts';
import { identifyRepoFolder } from './identify-repo-folder.ts';
import { listRepo } from './list-repo.ts';
import { openNamedFile, openWeights, type OpenedWeights } from './open-weights.ts';
import type { IdentifyRemoteOptions, RemoteIdentification } from './remote-identification.ts';

/** What {@link identifyRemote} works with. */
export interface IdentifyRemoteContext {
  readonly http: HttpClient;
  readonly hub: HubClient;
  readonly civitai: CivitaiClient;
  readonly identify: (sources: readonly ByteSource[], options: IdentifyOptions) => Promise<Identification>;
}

/**
 * Tells what a model is before it is downloaded, from the headers of its weights, and of a folder in parts by its description.
 *
 * @throws `hub.*`, `civitai.*`, `network.*`, `formats.*`;
 * `library.nothing-to-import` where there are no weights; `signal.reason`
 */
export async function identifyRemote(
  context: IdentifyRemoteContext,
  text: string,
  options: IdentifyRemoteOptions = {},
): Promise<RemoteIdentification> {
  const { hub } = context;
  const reference = parseReference(text, { endpoint: hub.endpoint });
  if (reference.provider !== 'hf')
    return identifyOpened(context, await openElsewhere(context, reference, options), options);
  const named = await openNamedFile(hub, reference, options);
  if (named !== null) return identifyOpened(context, named, options);
  const listing = await listRepo(hub, reference, options);
  const folder = await identifyRepoFolder(context, listing, options);
  return folder ?? identifyOpened(context, await openWeights(hub, listing, options), options);
}

async function identifyOpened(
  context: IdentifyRemoteContext,
  { opened, sets }: OpenedWeights,
  options: IdentifyRemoteOptions,
): Promise<RemoteIdentification> {
  try {
    const files = opened.map(({ file }) => file);
    const paths = opened.map(({ path, file }) => path ?? new URL(file.url).pathname);
    const identification = await context.identify(files, { paths, signal: options.signal });
    return {
      ...identification,
      commit: files[0]?.commit ?? null,
      files: opened.map(({ path, file, sha256 = null }) => ({
        path,
        sizeBytes: file.sizeBytes,
        sha256: file.sha256 ?? sha256,
      })),
      sets,
      bytesFetched: files.reduce((sum, { bytesFetched }) => sum + bytesFetched, 0),
    };
  } finally {
    for (const { file } of opened) await file.close();
  }
}

async function openElsewhere(
  { http, civitai }: IdentifyRemoteContext,
  reference: CivitaiReference | UrlReference,
  options: IdentifyRemoteOptions,
): Promise<OpenedWeights> {
  if (reference.provider === 'civitai') {
    return { opened: await openCivitai({ http, civitai }, reference, options), sets: [] };
  }
  const file = await openRemoteFile({ http, url: reference.url, signal: options.signal });
  return { opened: [{ path: null, file }], sets: [] };
}
