import type { MapperContext } from '../mapper-context.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { folderInStore } from '../stores/store-base.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import { loadTranslations } from './load-translations.ts';

/** @internal Whether links of an app may be in a folder below its own. */
export type KnownFolders = (folder: string) => boolean;

/**
 * @internal The folders that an app's profile and its translation configs name, with what is below them: links are made nowhere else,
 * whatever a plan or the database says.
 *
 * @throws `mapper.unknown-app`, `mapper.invalid-translation`
 */
export async function knownFoldersOf(context: MapperContext, app: string, signal?: AbortSignal): Promise<KnownFolders> {
  const { fileSystem, translationFolder, profiles } = context;
  const profile = await findProfile(profiles, app);
  const layout = storeLayoutOf(profile);
  if (layout !== null) return (folder) => folderInStore(layout, folder) !== null;
  const translations = await loadTranslations({
    fileSystem,
    folder: translationFolder,
    profile,
    apps: profiles.map(({ id }) => id),
    signal,
  });
  const folders = [
    ...profile.rules.flatMap((rule) => rule.folders.map(({ path }) => path)),
    ...translations.flatMap(({ config }) => (config.rules ?? []).map(({ folder }) => folder)),
  ];
  return (folder) => folders.some((known) => folder === known || folder.startsWith(`${known}/`));
}
