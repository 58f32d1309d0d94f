import { join, resolve } from 'node:path';
import type { ModelFile, ModelPlace } from '@modelkeep/core';
import type { VolumeLayout } from '../volume/layout.ts';

/** What tells where the files of a model are: its metadata, or its record. */
export interface PlacedModel {
  readonly slug: string;
  readonly place?: ModelPlace | undefined;
}

/** The folder with the metadata of a model: it is always in the library. */
export function metadataFolder(layout: VolumeLayout, { slug }: Pick<PlacedModel, 'slug'>): string {
  return join(layout.root, slug);
}

/** The folder with the files of a model, which is elsewhere for one that was adopted where it is. Absolute. */
export function modelFolder(layout: VolumeLayout, { slug, place }: PlacedModel): string {
  if (place?.kind !== 'external') return join(layout.root, slug);
  return place.volumeId === null ? resolve(place.path) : resolve(layout.root, place.path);
}

/** Where a file of a model is. Absolute. */
export function modelFilePath(layout: VolumeLayout, model: PlacedModel, file: Pick<ModelFile, 'name' | 'at'>): string {
  return join(modelFolder(layout, model), file.at ?? file.name);
}
