import { factsOfCivitai, noCivitaiDetails } from '@modelkeep/core';
import { hashesOf } from './civitai-parts.ts';
import { field, htmlIn, numberIn, objectIn, textIn, timeIn, urlIn, wordsIn, type JsonObject } from './json-fields.ts';
import type { Sidecar } from './sidecar.ts';

const marks = ['ModelId', 'ModelName', 'VersionId', 'VersionName', 'ImportedAt', 'Hashes', 'FileMetadata', 'Source'];

/** @internal What Stability Matrix keeps of a model. Its enumerations are texts or numbers; numbers tell nothing here. */
export function readStabilityMatrix(json: JsonObject): Sidecar | null {
  if (marks.filter((mark) => Object.hasOwn(json, mark)).length < 3) return null;
  const source = field(json, 'Source');
  const isOfCivitai = source === undefined || source === null || source === 0 || source === 'Civitai';
  const details = {
    ...noCivitaiDetails,
    modelId: isOfCivitai ? numberIn(json, 'ModelId') : null,
    versionId: isOfCivitai ? numberIn(json, 'VersionId') : null,
    fileId: isOfCivitai ? numberIn(json, 'RemoteFileId') : null,
    modelName: textIn(json, 'ModelName'),
    modelType: textIn(json, 'ModelType'),
    baseModel: textIn(json, 'BaseModel'),
    versionName: textIn(json, 'VersionName'),
    versionDescription: htmlIn(json, 'VersionDescription'),
    trainedWords: wordsIn(json, 'TrainedWords'),
    creator: textIn(json, 'AuthorUsername'),
  };
  const facts = factsOfCivitai(details, {
    description: htmlIn(json, 'ModelDescription'),
    tags: wordsIn(json, 'Tags'),
  });
  const preview = urlIn(json, 'ThumbnailImageUrl');
  const hashes = hashesOf(objectIn(json, 'Hashes'));
  const isHashed = Object.values(hashes).some((hash) => hash !== null);
  const name = textIn(json, 'RemoteFileName');
  const file = {
    id: details.fileId,
    name,
    type: null,
    primary: true,
    sizeKb: null,
    downloadUrl: null,
    hashes,
  };
  return {
    kind: 'stability-matrix',
    layer: 'civitai-sidecar',
    facts: { ...facts, name: textIn(json, 'UserTitle') ?? facts.name },
    civitai: isOfCivitai ? details : null,
    files: isHashed ? [file] : [],
    previews: preview === null ? [] : [{ url: preview, nsfwLevel: null }],
    extra: wordsThatStay({ sourceUrl: urlIn(json, 'SourceUrl'), importedAt: timeIn(json, 'ImportedAt') }),
  };
}

function wordsThatStay(words: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(words).flatMap(([name, word]) => (word === null ? [] : [[name, word]])));
}
