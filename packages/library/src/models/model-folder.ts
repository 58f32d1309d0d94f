import { join } from 'node:path';
import type { ModelMetadata } from '@modelkeep/core';
import type { VolumeLayout } from '../volume/layout.ts';

/** @internal Absolute path of the folder that holds a model's metadata.json. */
export function modelFolder(layout: VolumeLayout, { slug }: Pick<ModelMetadata, 'slug'>): string {
  return join(layout.root, ...slug.split('/'));
}
