import type { MayLeaveAt } from '../app/target-folder.ts';
import { storeLayoutOf } from '../stores/store-layouts.ts';
import type { AppProfile } from './app-profile.ts';

/**
 * @internal The folders that an app's profile names, and those above them: users put these elsewhere and leave a link. What a
 * translation config or a person names beyond them stays in the app's folder, or where such a link leads.
 */
export function foldersToLeaveAt(profile: AppProfile): MayLeaveAt {
  /* The folders of a store follow from its format alone. */
  if (storeLayoutOf(profile) !== null) return () => true;
  const folders = new Set<string>();
  for (const { path } of profile.rules.flatMap((rule) => rule.folders)) {
    const segments = path.split('/');
    for (const index of segments.keys()) folders.add(segments.slice(0, index + 1).join('/'));
  }
  return (folder) => folders.has(folder);
}
