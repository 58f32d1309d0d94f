import { detailsOfVersion, type CivitaiModel, type CivitaiVersion } from '@modelkeep/civitai-client';
import {
  factsOfCivitai,
  matchCivitaiFile,
  type KnownHashes,
  type MetadataLayer,
  type ModelSource,
} from '@modelkeep/core';

const MAX_PREVIEWS = 20;

/** @internal What a version on Civitai tells of a model. */
export interface ToldByCivitai {
  readonly layer: MetadataLayer;
  readonly source: ModelSource;
}

/** @internal What makes {@link toldByCivitai}. */
export interface ToldByCivitaiOptions {
  readonly endpoint: string;
  readonly version: CivitaiVersion;
  /** The model's own page, where it was read. */
  readonly model?: CivitaiModel | undefined;
  /** Of the file that is here. */
  readonly hashes: KnownHashes;
  /** ISO 8601. */
  readonly at: string;
}

/** @internal What Civitai says of a version, as a layer of a model and as where it can be had. */
export function toldByCivitai({ endpoint, version, model, hashes, at }: ToldByCivitaiOptions): ToldByCivitai {
  const { file } = matchCivitaiFile(version.files, hashes);
  const told = detailsOfVersion(version, file);
  const civitai = model === undefined ? told : { ...told, modelName: model.name, creator: model.creator };
  const previews = version.images
    .filter(({ type }) => type === 'image')
    .slice(0, MAX_PREVIEWS)
    .map(({ url, nsfwLevel }) => ({ url, nsfwLevel }));
  const description = model?.description ?? version.description;
  return {
    layer: {
      facts: factsOfCivitai(civitai, { description, tags: model?.tags }),
      at,
      source: `civitai:${version.modelId ?? ''}@${version.id}`,
      civitai,
      extra: { previews, state: version.state },
    },
    source: {
      provider: 'civitai',
      endpoint,
      repo: version.modelId === null ? null : String(version.modelId),
      revision: String(version.id),
      commit: null,
      path: file?.name ?? null,
    },
  };
}
