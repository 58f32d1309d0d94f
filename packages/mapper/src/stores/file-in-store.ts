import { companionsOf, suffixesOf } from './wanted-in-store.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import type { CheckedLinkEntry } from '../plan/parse-plan.ts';
import { isInside } from '../app/safe-names.ts';
import { folderInStore } from './store-base.ts';
import type { StoreFile, StoreLayout } from './store-layout.ts';

/** @internal Which line of a plan is looked for. */
export interface FileInStoreOptions {
  readonly entry: CheckedLinkEntry;
  readonly model: MappableModel;
  /** Its companions among others. */
  readonly models: ReadonlyMap<string, MappableModel>;
}

/**
 * @internal The file that a line of a plan speaks of, made again from what the library has now: nothing that a plan says is
 * written. Null when the model gives no such file.
 */
export function fileInStore(
  layout: StoreLayout,
  { entry, model, models }: FileInStoreOptions,
): { readonly file: StoreFile; readonly folder: string } | null {
  const folder = folderInStore(layout, entry.folder);
  if (folder === null) return null;
  const companions = companionsOf(model, models);
  const wanted = `${folder}/${entry.name}`;
  for (const suffix of suffixesOf(model)) {
    const file = layout
      .place(model, { companions, suffix })
      .files?.find((one) => `${one.folder}/${one.name}` === wanted && isSame(one, entry));
    if (file === undefined) continue;
    const owner = [model, ...companions].find((one) => isInside(one.folder, file.source));
    return { file, folder: owner?.folder ?? model.folder };
  }
  return null;
}

function isSame(file: StoreFile, { source, fileSha256 }: CheckedLinkEntry): boolean {
  return file.source === source && file.fileSha256 === fileSha256;
}
