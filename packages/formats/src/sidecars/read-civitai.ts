import { factsOfCivitai, noCivitaiDetails, type CivitaiDetails } from '@modelkeep/core';
import { filesOf, previewsOf, withoutToken } from './civitai-parts.ts';
import {
  field,
  htmlIn,
  listIn,
  numberIn,
  objectIn,
  objectOf,
  textIn,
  timeIn,
  urlIn,
  wordsIn,
  type JsonObject,
} from './json-fields.ts';
import type { Sidecar } from './sidecar.ts';

const MAX_VERSIONS = 200;

/** @internal Civitai's answer about a version, whatever the file is called. */
export function readCivitaiVersion(json: JsonObject): Sidecar | null {
  const model = objectIn(json, 'model');
  const isOne = numberIn(json, 'modelId') !== null && numberIn(json, 'id') !== null;
  if (!isOne || (model === null && field(json, 'baseModel') === undefined && field(json, 'files') === undefined))
    return null;
  return civitaiSidecar('civitai-version', {
    version: json,
    model,
    modelId: numberIn(json, 'modelId'),
    creator: textIn(objectIn(json, 'creator'), 'username'),
  });
}

/** @internal Civitai's answer about a model: its versions are told apart by their files. */
export function readCivitaiModel(json: JsonObject): Sidecar | null {
  const versions = listIn(json, 'modelVersions').flatMap((item): JsonObject[] => {
    const version = objectOf(item);
    return version === null ? [] : [version];
  });
  if (numberIn(json, 'id') === null || versions.length === 0 || textIn(json, 'type') === null) return null;
  const modelId = numberIn(json, 'id');
  const creator = textIn(objectIn(json, 'creator'), 'username');
  const parts = { model: json, modelId, creator };
  const each = versions.slice(0, MAX_VERSIONS).map((version) => civitaiSidecar('civitai-model', { ...parts, version }));
  const [only] = each;
  if (each.length === 1 && only !== undefined) return only;
  // Which of several versions is meant is told by the hashes of the file, and by nothing else.
  return { ...civitaiSidecar('civitai-model', { ...parts, version: null }), alternatives: each };
}

interface CivitaiParts {
  readonly version: JsonObject | null;
  readonly model: JsonObject | null;
  readonly modelId: number | null;
  readonly creator: string | null;
}

function civitaiSidecar(kind: 'civitai-version' | 'civitai-model', parts: CivitaiParts): Sidecar {
  const { version, model, modelId, creator } = parts;
  const details = detailsOf(version, {
    ...noCivitaiDetails,
    modelId,
    modelName: textIn(model, 'name'),
    modelType: textIn(model, 'type'),
    creator,
  });
  const description = htmlIn(model, 'description') ?? details.versionDescription;
  return {
    kind,
    layer: 'civitai-sidecar',
    facts: factsOfCivitai(details, { description, tags: wordsIn(model, 'tags') }),
    civitai: details,
    files: filesOf(version),
    previews: previewsOf(version),
    extra: {},
  };
}

/** The details of a version, on top of those that its model has. */
function detailsOf(version: JsonObject | null, model: CivitaiDetails): CivitaiDetails {
  return {
    ...model,
    modelId: model.modelId ?? numberIn(version, 'modelId'),
    versionId: numberIn(version, 'id'),
    baseModel: textIn(version, 'baseModel'),
    versionName: textIn(version, 'name'),
    versionDescription: htmlIn(version, 'description'),
    publishedAt: timeIn(version, 'publishedAt') ?? timeIn(version, 'createdAt'),
    trainedWords: wordsIn(version, 'trainedWords'),
    downloadUrl: withoutToken(urlIn(version, 'downloadUrl')),
    nsfwLevel: numberIn(version, 'nsfwLevel'),
  };
}
