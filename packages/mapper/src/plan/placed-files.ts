import type { ModelFile } from '@modelkeep/core';
import { inFolder, lastSegment } from '../app/path-parts.ts';
import { isWeights } from './place-model.ts';
import type { PlacedFile, Placement } from './placement.ts';

type Placed = Pick<Placement, 'model' | 'links'> & Partial<Pick<Placement, 'look' | 'lookedAt'>>;

/** @internal The links of a placement. */
export function placedFiles(placement: Placed): readonly PlacedFile[] {
  const { model, links, look = null, lookedAt = 0 } = placement;
  const { record, folder } = model;
  if (links === 'parts') {
    const parts = record.files.filter((file) => isWeights(file) || file.role === 'index');
    return parts.map((file) => placed(file, sourceOf(folder, file), { nameInFolder: lastSegment(file.name) }));
  }
  const source = look?.sources[lookedAt] ?? placedSource(placement);
  if (links === 'file') return record.files.filter(isWeights).map((file) => placed(file, source, { look, lookedAt }));
  return [{ source, fileSha256: null, leadsTo: 'folder', nameInFolder: null, look, lookedAt }];
}

/** @internal Where the first link of a placement leads to. */
export function placedSource({ model: { record, folder }, links }: Placed): string {
  const first = links === 'folder' ? undefined : record.files.find(isWeights);
  return first === undefined ? folder : sourceOf(folder, first);
}

function sourceOf(folder: string, file: ModelFile): string {
  return inFolder(folder, file.at ?? file.name);
}

function placed(
  { sha256: fileSha256, sizeBytes }: ModelFile,
  source: string,
  { nameInFolder = null, look = null, lookedAt = 0 }: Partial<Pick<PlacedFile, 'nameInFolder' | 'look' | 'lookedAt'>>,
): PlacedFile {
  return { source, fileSha256, sizeBytes, leadsTo: 'file', nameInFolder, look, lookedAt };
}
