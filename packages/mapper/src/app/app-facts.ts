import { join } from 'node:path';
import coerce from 'semver/functions/coerce.js';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { AppProfile } from '../profiles/app-profile.ts';

/** @internal */
export interface ReadAppFactsOptions {
  readonly fileSystem: FileSystem;
  readonly profile: AppProfile;
  readonly appRoot: string;
  readonly appVersion: string | undefined;
}

/** @internal What an app's folder says about the app. */
export interface AppFacts {
  /** Whether one of the profile's marks is there. */
  readonly recognised: boolean;
  /** `major.minor.patch`; null when the version is not known or is no such version (a git checkout). */
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
  return {
    recognised: marks.includes(true),
    version: coerce(appVersion)?.version ?? null,
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
