import { factsOfCivitai, noCivitaiDetails } from '@modelkeep/core';
import { hashesOf } from './civitai-parts.ts';
import { field, htmlIn, numberIn, objectIn, textIn, urlIn, wordsIn, type JsonObject } from './json-fields.ts';
import { readCivitaiVersion } from './read-civitai.ts';
import type { Sidecar } from './sidecar.ts';

/** @internal What LoRA Manager keeps of a model; Civitai's answer is within. */
export function readLoraManager(json: JsonObject): Sidecar | null {
  const isOne = textIn(json, 'file_name') !== null && textIn(json, 'sha256') !== null;
  if (!isOne || (field(json, 'model_name') === undefined && field(json, 'civitai') === undefined)) return null;
  const answer = objectIn(json, 'civitai');
  const inner = answer === null ? null : readCivitaiVersion(answer);
  const details = {
    ...(inner?.civitai ?? noCivitaiDetails),
    modelName: textIn(json, 'model_name') ?? inner?.civitai?.modelName ?? null,
    baseModel: textIn(json, 'base_model') ?? inner?.civitai?.baseModel ?? null,
    trainedWords: wordsIn(json, 'trainedWords') ?? inner?.civitai?.trainedWords ?? null,
  };
  const hashes = { ...hashesOf(json), autoV3: hashesOf({ autov3: field(json, 'autov3') }).autoV3 };
  const ours = { id: null, name: textIn(json, 'file_name'), type: null, primary: false, sizeKb: null };
  const notes = textIn(json, 'notes', 20_000);
  const preview = urlIn(json, 'preview_url');
  return {
    kind: 'lora-manager',
    layer: 'civitai-sidecar',
    facts: factsOfCivitai(details, {
      description: htmlIn(json, 'modelDescription') ?? inner?.facts.description,
      tags: wordsIn(json, 'tags') ?? inner?.facts.tags,
    }),
    civitai: inner === null ? null : details,
    files: [{ ...ours, downloadUrl: null, hashes }, ...(inner?.files ?? [])],
    previews: [
      ...(preview === null ? [] : [{ url: preview, nsfwLevel: numberIn(json, 'preview_nsfw_level') }]),
      ...(inner?.previews ?? []),
    ],
    extra: notes === null ? {} : { notes },
  };
}
