import { join, relative, sep } from 'node:path';
import type { ModelFile, ModelRecord } from '@modelkeep/core';
import { fileAt } from '../files/status-at.ts';
import { metadataFolder } from '../models/model-folder.ts';
import type { StoreContext } from '../store-context.ts';
import { isFolderStore, locateContent } from './contents.ts';

/**
 * @internal The record with `at` for each file whose bytes another model has. A pipeline that is opened by its folder is
 * not complete then: its folder does not have all of it.
 */
export async function withPlaces(context: StoreContext, record: ModelRecord): Promise<ModelRecord> {
  if (!isFolderStore(context) || record.place.kind !== 'library') return record;
  const folder = metadataFolder(context.layout, record);
  const files: ModelFile[] = [];
  let isApart = false;
  for (const file of record.files) {
    const path = join(folder, file.name);
    const isOwn = (await fileAt(context.fileSystem, path)) !== null;
    const other = isOwn ? null : await locateContent(context, file.sha256, path);
    if (other !== null) isApart = true;
    files.push(other === null ? file : { ...file, at: relative(folder, other.path).split(sep).join('/') });
  }
  if (!isApart) return record;
  return { ...record, files, complete: record.complete && record.format !== 'diffusers' };
}
