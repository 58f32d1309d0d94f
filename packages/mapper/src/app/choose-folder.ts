import lt from 'semver/functions/lt.js';
import type { FileSystem } from '@modelkeep/io';
import type { MappingRule } from '../profiles/app-profile.ts';
import { resolveTargetFolder } from './target-folder.ts';

/** @internal */
export interface ChooseFolderOptions {
  readonly fileSystem: FileSystem;
  readonly appRoot: string;
  /** null: decided by the folders that are there. */
  readonly version: string | null;
}

/**
 * @internal Chooses between the folders of a rule, which are newer and older names of the same place. A known version
 * decides; without one the best folder that is there does; where none is there, the newest name is made.
 */
export async function chooseFolder(
  rule: MappingRule,
  { fileSystem, appRoot, version }: ChooseFolderOptions,
): Promise<string> {
  const [newest] = rule.folders;
  const fallback = newest?.path ?? '';
  if (rule.folders.length < 2) return fallback;
  if (version !== null) {
    const known = rule.folders.find(({ since }) => since === null || !lt(version, since));
    return known?.path ?? fallback;
  }
  for (const { path } of rule.folders) {
    const found = await resolveTargetFolder(fileSystem, { appRoot, folder: path });
    if (found.exists) return path;
  }
  return fallback;
}
