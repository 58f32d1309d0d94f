import { join } from 'node:path';
import { lastSegment } from '../app/path-parts.ts';
import { isSafeSegment } from '../app/safe-names.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import { hubSource, plainName } from './store-names.ts';
import type { StoreFile, StoreLayout, StorePlace, StoreRequest } from './store-layout.ts';

/** The publisher of models that are from no repo. */
const PUBLISHER = 'modelkeep';

/**
 * @internal `<publisher>/<model>/<file>.gguf`, exactly two folders deep, named like the repo on the Hub; the vision part of a
 * model lies beside it as `mmproj-….gguf` (LM Studio's "import models" and bug tracker: another depth is not found, and one
 * dead link ends the scan of all models).
 */
export const lmStudioLayout: StoreLayout = {
  format: 'lm-studio',
  subfolder: 'models',
  prefer: ['hardlink', 'reflink', 'symlink', 'copy'],
  symlinkWarning: 'one dead link ends the scan of LM Studio: keep the drive of the library connected while it runs',
  place,
  depthOf: () => 0,
  hasFolder: (folder) => {
    const segments = folder.split('/');
    return segments.length === 2 && segments.every(isSafeSegment);
  },
  isNeededBy: () => false,
};

function place({ record, folder }: MappableModel, { companions, suffix }: StoreRequest): StorePlace {
  const hub = hubSource(record);
  const repo = hub?.repo.includes('/') === true ? hub.repo : `${PUBLISHER}/${plainName(record.cleanedName)}`;
  const [publisher = PUBLISHER, model = 'model'] = repo.split('/');
  const inStore = `${publisher}/${model}${suffix}`;
  if (!lmStudioLayout.hasFolder(inStore))
    return { files: null, reason: { code: 'unsafe-name', message: `${inStore} is no name for folders` } };
  const files: StoreFile[] = [];
  const add = (from: MappableModel, prefix: string): void => {
    for (const file of from.record.files) {
      if (file.role !== 'weights' || !file.name.endsWith('.gguf')) continue;
      const own = lastSegment(file.source?.path ?? file.officialName);
      const official = isSafeSegment(own) && own.endsWith('.gguf') ? own : lastSegment(file.name);
      const name = official.toLowerCase().includes('mmproj') ? official : `${prefix}${official}`;
      files.push({
        folder: inStore,
        name,
        source: join(from.folder, file.at ?? file.name),
        origin: 'library',
        fileSha256: file.sha256,
        sizeBytes: file.sizeBytes,
        content: null,
      });
    }
  };
  const weights = { record, folder };
  add(weights, record.type === 'mmproj' ? 'mmproj-' : '');
  for (const companion of companions) add(companion, 'mmproj-');
  if (files.length === 0) return { files: null, reason: { code: 'no-weights', message: 'the model has no GGUF file' } };
  const unsafe = files.find(({ name }) => !isSafeSegment(name));
  if (unsafe !== undefined)
    return { files: null, reason: { code: 'unsafe-name', message: `${JSON.stringify(unsafe.name)} is no safe name` } };
  return { files, reason: null };
}
