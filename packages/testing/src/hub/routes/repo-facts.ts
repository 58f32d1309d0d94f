import { defaultCreatedAt, type HostedRepo } from '../repo/hosted-repo.ts';
import type { Snapshot, SnapshotFile } from '../repo/snapshot.ts';

/** The tags of a repo: its own and those that the Hub derives. */
export function tagsOf(repo: HostedRepo): string[] {
  const { baseModels = [], libraryName, licence, pipelineTag, tags = [] } = repo.settings();
  const derived = [
    libraryName,
    pipelineTag,
    ...baseModels.map((model) => `base_model:${model}`),
    licence === undefined ? undefined : `license:${licence}`,
  ];
  return [...new Set([...tags, ...derived.filter((tag) => tag !== undefined), 'region:us'])];
}

function cardDataOf(repo: HostedRepo): Record<string, unknown> | undefined {
  const { baseModels, cardData, libraryName, licence, pipelineTag, tags } = repo.settings();
  const fields = {
    license: licence,
    tags,
    base_model: baseModels,
    pipeline_tag: pipelineTag,
    library_name: libraryName,
    ...cardData,
  };
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}

/** Everything that the API can tell without looking into the files, by the API's names. */
export function repoFacts(repo: HostedRepo): Record<string, unknown> {
  const settings = repo.settings();
  return {
    author: repo.id.includes('/') ? repo.id.split('/')[0] : undefined,
    baseModels: settings.baseModels === undefined ? undefined : { models: settings.baseModels.map((id) => ({ id })) },
    cardData: cardDataOf(repo),
    config: repo.type === 'model' ? {} : undefined,
    createdAt: settings.createdAt ?? defaultCreatedAt,
    description: settings.description,
    disabled: settings.disabled !== undefined && settings.disabled !== false,
    downloads: settings.downloads ?? 0,
    downloadsAllTime: settings.downloads ?? 0,
    gated: settings.gated ?? false,
    lastModified: new Date(repo.lastModifiedMs()).toISOString(),
    library_name: settings.libraryName,
    likes: settings.likes ?? 0,
    pipeline_tag: settings.pipelineTag,
    private: settings.private ?? false,
    safetensors:
      settings.parameterCount === undefined
        ? undefined
        : { parameters: { BF16: settings.parameterCount }, total: settings.parameterCount },
    sdk: settings.sdk,
    tags: tagsOf(repo),
    trendingScore: settings.trendingScore ?? 0,
  };
}

function sibling({ gitSha1, lfs, path, source }: SnapshotFile, blobs: boolean): Record<string, unknown> {
  if (!blobs) return { rfilename: path };
  const { sizeBytes } = source;
  const facts = { rfilename: path, blobId: gitSha1, size: sizeBytes };
  if (lfs === null) return facts;
  return { ...facts, lfs: { sha256: lfs.sha256, size: sizeBytes, pointerSize: lfs.pointerBytes } };
}

/** What the API tells of the files at a commit; `blobs` adds sizes and hashes. */
export function snapshotFacts(snapshot: Snapshot, blobs: boolean): Record<string, unknown> {
  const files = [...snapshot.files.values()];
  return {
    sha: snapshot.id,
    siblings: files.map((file) => sibling(file, blobs)),
    usedStorage: files.reduce((sum, { source }) => sum + source.sizeBytes, 0),
  };
}
