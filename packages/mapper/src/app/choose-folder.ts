import lt from 'semver/functions/lt.js';
import type { FileSystem } from '@modelkeep/io';
import type { MappingRule } from '../profiles/app-profile.ts';
import type { IsOnlyOurs } from './only-ours.ts';
import { resolveTargetFolder, type MayLeaveAt } from './target-folder.ts';

/** @internal */
export interface ChooseFolderOptions {
  readonly fileSystem: FileSystem;
  readonly appRoot: string;
  readonly mayLeaveAt: MayLeaveAt;
  /** null: decided by the folders that are there. */
  readonly version: string | null;
  /** Such folders say nothing of the app. */
  readonly isOnlyOurs: IsOnlyOurs;
}

/**
 * @internal Chooses between the folders of a rule, which are newer and older names of the same place. A known version
 * decides; without one the best folder that the app or its user has made does; where there is none, the newest name is made.
 */
export async function chooseFolder(
  rule: MappingRule,
  { fileSystem, appRoot, mayLeaveAt, version, isOnlyOurs }: ChooseFolderOptions,
): Promise<string> {
  const [newest] = rule.folders;
  const fallback = newest?.path ?? '';
  if (rule.folders.length < 2) return fallback;
  if (version !== null) {
    const known = rule.folders.find(({ since }) => since === null || !lt(version, since));
    return known?.path ?? fallback;
  }
  for (const { path } of rule.folders) {
    const found = await resolveTargetFolder(fileSystem, { appRoot, folder: path, mayLeaveAt });
    if (found.exists && !(await isOnlyOurs(found.path))) return path;
  }
  return fallback;
}
