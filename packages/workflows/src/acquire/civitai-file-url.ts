import type { CivitaiClient, CivitaiFile } from '@modelkeep/civitai-client';
import type { ModelFile, ModelSource } from '@modelkeep/core';

/** @internal What of a version on Civitai is meant. */
export interface WantedCivitaiFile extends Pick<ModelFile, 'sha256'> {
  readonly source: ModelSource;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Asks Civitai for the file of a version that has this content.
 *
 * @returns null where the version is not of this site, or has no such file (any more)
 * @throws `civitai.*`, `network.*`
 */
export async function findCivitaiFile(
  civitai: CivitaiClient,
  { source, sha256, signal }: WantedCivitaiFile,
): Promise<CivitaiFile | null> {
  const versionId = Number(source.revision);
  if (source.provider !== 'civitai' || source.endpoint !== civitai.endpoint) return null;
  if (!Number.isSafeInteger(versionId) || versionId <= 0) return null;
  const { files } = await civitai.version(versionId, { signal });
  return files.find(({ hashes }) => hashes.sha256?.toLowerCase() === sha256) ?? null;
}

/** @internal The address of that file, null where there is none. @throws `civitai.*`, `network.*` */
export async function civitaiFileUrl(civitai: CivitaiClient, wanted: WantedCivitaiFile): Promise<string | null> {
  const file = await findCivitaiFile(civitai, wanted);
  if (file === null) return null;
  return civitai.downloadUrl({ versionId: Number(wanted.source.revision), fileId: file.id });
}
