import type { CivitaiClient } from '@modelkeep/civitai-client';
import { openRemoteFile, type CivitaiReference } from '@modelkeep/hf-client';
import type { HttpClient } from '@modelkeep/network';
import { chooseCivitaiFiles } from '../acquire/choose-civitai-files.ts';
import { findCivitaiVersion, refuseRemoved } from '../acquire/find-civitai-version.ts';
import type { OpenedFile } from './open-weights.ts';
import type { IdentifyRemoteOptions } from './remote-identification.ts';

/** @internal */
export interface OpenCivitaiContext {
  readonly http: HttpClient;
  readonly civitai: CivitaiClient;
}

/**
 * @internal Opens the weights of a version on Civitai: the file that an address or `include` names, or the one that the site
 * itself would give.
 *
 * @throws `civitai.*`, `hub.nothing-selected`, `network.*`; `network.status` where a key is wanted
 */
export async function openCivitai(
  { http, civitai }: OpenCivitaiContext,
  reference: CivitaiReference,
  { include, exclude, signal }: IdentifyRemoteOptions,
): Promise<readonly OpenedFile[]> {
  const { version } = await findCivitaiVersion(civitai, reference, signal);
  const { id: versionId, modelId } = version;
  refuseRemoved(version, civitai.pageUrl({ versionId, modelId }));
  const [chosen] = chooseCivitaiFiles(version, { choice: reference.file, include, exclude });
  if (chosen === undefined) return [];
  const url = civitai.downloadUrl({ versionId, fileId: chosen.id });
  const file = await openRemoteFile({ http, url, signal });
  const sha256 = chosen.hashes.sha256?.length === 64 ? chosen.hashes.sha256 : null;
  return [{ path: chosen.name, file, sha256 }];
}
