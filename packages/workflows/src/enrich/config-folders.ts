import { relative, isAbsolute, sep } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import { readConfiguredFolders, type ConfiguredFolder } from '@modelkeep/mapper';

/** A folder that the config file of a scanned app leads to, and what became of it. Plain data. */
export interface ConfigFolder extends Pick<ConfiguredFolder, 'path' | 'config'> {
  /**
   * `scanned`; `outside`: it is in none of the folders that were given, and `followConfigs` was not set; `library`: it is
   * the library's; `missing`; `too-wide`: the home folder or one above it, which is never scanned for a config's sake.
   */
  readonly state: 'scanned' | 'outside' | 'library' | 'missing' | 'too-wide';
}

/** @internal What the configs of apps in some folders lead to. */
export interface ConfigFolders {
  readonly folders: readonly ConfigFolder[];
  /** Config files that cannot be used, and why. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** @internal How {@link findConfigFolders} looks. */
export interface ConfigFoldersOptions {
  readonly fileSystem: FileSystem;
  /** The library's folder. */
  readonly library: string;
  /** Whether folders count that are in none of the given ones. */
  readonly follow: boolean;
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

/** @internal Where else the apps in some folders look for models. Folders that cannot be read are left to the scan. */
export async function findConfigFolders(
  roots: readonly string[],
  options: ConfigFoldersOptions,
): Promise<ConfigFolders> {
  const { fileSystem, follow, variables } = options;
  const given = await realFolders(fileSystem, roots);
  const [library = options.library] = await realFolders(fileSystem, [options.library]);
  const folders = new Map<string, ConfigFolder>();
  const problems: { readonly path: string; readonly reason: string }[] = [];
  for (const root of given) {
    const read = await readConfigs(root, { fileSystem, variables });
    problems.push(...read.problems);
    for (const { path, config, state } of read.folders) {
      const isGiven = follow || given.some((one) => isBelow(one, path));
      const found = isBelow(library, path) ? 'library' : isGiven ? 'scanned' : 'outside';
      if (!folders.has(path)) folders.set(path, { path, config, state: state === 'there' ? found : state });
    }
  }
  return { folders: [...folders.values()], problems };
}

/** A config that may not be looked at keeps no folder from being scanned. */
async function readConfigs(
  root: string,
  options: Parameters<typeof readConfiguredFolders>[1],
): ReturnType<typeof readConfiguredFolders> {
  try {
    return await readConfiguredFolders(root, options);
  } catch (error) {
    const isThere = isModelkeepError(error, 'io.permission') || isModelkeepError(error, 'io.failed');
    if (!isThere) throw error;
    return { folders: [], problems: [{ path: error.facts.path, reason: error.message }] };
  }
}

/** What is no folder, or cannot be looked at, is left out. */
async function realFolders(fileSystem: FileSystem, paths: readonly string[]): Promise<string[]> {
  const real: string[] = [];
  for (const path of paths) {
    try {
      if (path === '') continue;
      const folder = await fileSystem.realpath(path);
      if ((await fileSystem.stat(folder)).kind === 'folder') real.push(folder);
    } catch (error) {
      if (!isModelkeepError(error)) throw error;
    }
  }
  return real;
}

function isBelow(folder: string, path: string): boolean {
  const between = relative(folder, path);
  return between !== '..' && !between.startsWith(`..${sep}`) && !isAbsolute(between);
}
