import { companionsOf } from './wanted-in-store.ts';
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

/** Stands for what is added to a name that is taken. */
const MARKER = 'zzmodelkeepzz';

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
  for (const file of layout.place(model, { companions, suffix: MARKER }).files ?? []) {
    if (file.source !== entry.source || file.fileSha256 !== entry.fileSha256) continue;
    const [before = '', after] = `${file.folder}/${file.name}`.split(MARKER);
    const isNamedSo =
      after === undefined
        ? wanted === before
        : wanted.startsWith(before) &&
          wanted.endsWith(after) &&
          SUFFIX.test(wanted.slice(before.length, wanted.length - after.length));
    if (!isNamedSo) continue;
    const owner = [model, ...companions].find((one) => isInside(one.folder, file.source));
    return { file, folder: owner?.folder ?? model.folder };
  }
  return null;
}

const SUFFIX = /^(?:-[0-9a-f]{8,16})?$/u;
