import {
  civitaiDetailNames,
  factLayers,
  noCivitaiDetails,
  type CivitaiDetails,
  type ModelMetadata,
} from '@modelkeep/core';

/**
 * @internal What the layers tell of the model on Civitai: each detail from the most trusted layer that tells it. A layer
 * that speaks of another model or version than a more trusted one adds nothing.
 *
 * @returns null where none tells anything
 */
export function effectiveCivitai(layers: ModelMetadata['layers']): CivitaiDetails | null {
  let details: CivitaiDetails | null = null;
  for (const name of factLayers) {
    const told = name === 'user' ? undefined : layers[name]?.civitai;
    if (told === undefined || (details !== null && isOther(details, told))) continue;
    const known: CivitaiDetails = details ?? noCivitaiDetails;
    details = Object.fromEntries(
      civitaiDetailNames.map((one) => [one, known[one] ?? told[one]]),
    ) as unknown as CivitaiDetails;
  }
  return details;
}

function isOther(known: CivitaiDetails, told: CivitaiDetails): boolean {
  return differ(known.modelId, told.modelId) || differ(known.versionId, told.versionId);
}

function differ(one: number | null, other: number | null): boolean {
  return one !== null && other !== null && one !== other;
}
