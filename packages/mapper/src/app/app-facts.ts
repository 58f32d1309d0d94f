import { join } from 'node:path';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import { hasSigns } from '../detect/has-signs.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import { readInstalledVersion } from '../versions/installed-version.ts';
import { normaliseVersion } from '../versions/normalise-version.ts';

/** @internal */
export interface ReadAppFactsOptions {
  readonly fileSystem: FileSystem;
  readonly profile: AppProfile;
  readonly appRoot: string;
  readonly appVersion: string | undefined;
}

/** @internal What an app's folder says about the app. */
export interface AppFacts {
  /** Whether one of the profile's marks is there, or what the app is told by. */
  readonly recognised: boolean;
  /** In the app's words: as it was given, or as the app's folder says; null where neither does. */
  readonly versionText: string | null;
  /** As semver; null when the version is not known or its words say none (a git checkout). */
  readonly version: string | null;
  hasPlugin(name: string): boolean;
}

/** @internal */
export async function readAppFacts({
  fileSystem,
  profile,
  appRoot,
  appVersion,
}: ReadAppFactsOptions): Promise<AppFacts> {
  const marks = await Promise.all(profile.marks.map((mark) => isThere(fileSystem, join(appRoot, mark))));
  const pluginFolder = profile.pluginFolder === null ? null : join(appRoot, profile.pluginFolder);
  const plugins = new Set(pluginFolder === null ? [] : await foldersIn(fileSystem, pluginFolder));
  const versionText = appVersion ?? (await readInstalledVersion(fileSystem, { profile, appRoot }));
  return {
    recognised:
      marks.includes(true) ||
      (profile.signs !== null && (await hasSigns(fileSystem, { appRoot, signs: profile.signs }))),
    versionText,
    version: versionText === null ? null : normaliseVersion(profile.versions.scheme, versionText),
    hasPlugin: (name) => plugins.has(name.toLowerCase()),
  };
}

async function isThere(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.stat(path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return false;
  }
}

/** Names in lower case. A link to a folder counts: people develop plugins elsewhere. */
async function foldersIn(fileSystem: FileSystem, path: string): Promise<readonly string[]> {
  try {
    const entries = await fileSystem.readdir(path);
    return entries.filter(({ kind }) => kind === 'folder' || kind === 'symlink').map(({ name }) => name.toLowerCase());
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
    return [];
  }
}
