import type { KnownHashes, ModelFile, ModelRecord } from '@modelkeep/core';

/** @internal The file of a model that a site may know: of several parts none is known by itself. */
export function singleWeights({ files }: Pick<ModelRecord, 'files'>): ModelFile | null {
  const weights = files.filter(({ role }) => role === 'weights');
  const [file] = weights;
  return weights.length === 1 && file !== undefined ? file : null;
}

/** @internal What is known of a file, as a site would say it. */
export function knownHashes({ sha256, blake3, hashes }: ModelFile): KnownHashes {
  const autoV3 = hashes?.tensorHash ?? hashes?.autoV3;
  return { sha256, blake3, autoV1: hashes?.autoV1, autoV3, crc32: hashes?.crc32 };
}
