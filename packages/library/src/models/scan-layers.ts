import type { MetadataLayer, ModelMetadata } from '@modelkeep/core';
import type { Identification } from '@modelkeep/formats';
import { timestamp, type StoreContext } from '../store-context.ts';
import { identifyGroup, type IdentifyGroupOptions } from './identify-group.ts';

/** @internal The layers that come from the bytes of a model's weights. */
export async function scanLayers(
  context: StoreContext,
  options: IdentifyGroupOptions,
): Promise<Pick<ModelMetadata['layers'], 'embedded' | 'scan'>> {
  return layersOf(await identifyGroup(context, options), timestamp(context));
}

/** @internal */
export function layersOf(identification: Identification, at: string): Record<'embedded' | 'scan', MetadataLayer> {
  const { embedded, scan, rulesVersion, evidence, safety, training } = identification;
  const extra = safety === null ? {} : { extra: { safety } };
  const trained = training === undefined ? {} : { extra: { training } };
  return {
    embedded: { facts: embedded, at, ...trained },
    scan: { facts: scan, at, rulesVersion, evidence, ...extra },
  };
}
