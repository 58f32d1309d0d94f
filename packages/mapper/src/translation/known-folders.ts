import type { MapperContext } from '../mapper-context.ts';
import type { MayLeaveAt } from '../app/target-folder.ts';
import { findProfile } from '../profiles/find-profile.ts';
import { foldersToLeaveAt } from '../profiles/folders-to-leave-at.ts';
import { folderInStore } from '../stores/store-base.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import { loadTranslations } from './load-translations.ts';

/** @internal Where links of an app may be. */
export interface KnownFolders {
  /** Whether links may be in a folder below the app's. */
  readonly isKnown: (folder: string) => boolean;
  readonly mayLeaveAt: MayLeaveAt;
}

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
  const mayLeaveAt = foldersToLeaveAt(profile);
  if (layout !== null) return { isKnown: (folder) => folderInStore(layout, folder) !== null, mayLeaveAt };
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
  return {
    isKnown: (folder) => folders.some((known) => folder === known || folder.startsWith(`${known}/`)),
    mayLeaveAt,
  };
}
