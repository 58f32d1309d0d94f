import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { FileSystem } from '@modelkeep/io';
import { findAppRoot } from '../app/app-root.ts';
import { isInside } from '../app/safe-names.ts';
import { comfyui } from '../profiles/comfyui.ts';
import { readConfigFile } from './config-file.ts';
import { NO_SECTIONS } from './formats/comfyui-sections.ts';
import { comfyuiFolders } from './formats/comfyui-folders.ts';

/** A folder that a config file of an app leads to. Plain data. */
export interface ConfiguredFolder {
  /** Absolute, without links where it is there. */
  readonly path: string;
  /** The config file that names it, absolute. */
  readonly config: string;
  /** `missing`: it is not there; `too-wide`: the home folder or one above it, which no app keeps its models in. */
  readonly state: 'there' | 'missing' | 'too-wide';
}

/** What config files of an app lead to. Plain data. */
export interface ConfiguredFolders {
  readonly folders: readonly ConfiguredFolder[];
  /** Config files that cannot be used, and why. */
  readonly problems: readonly { readonly path: string; readonly reason: string }[];
}

/** What {@link readConfiguredFolders} reads with. */
export interface ConfiguredFoldersOptions {
  readonly fileSystem: FileSystem;
  /** @default the home folder of this user */
  readonly home?: string | undefined;
  /** @default that of this process */
  readonly platform?: NodeJS.Platform | undefined;
  /** What variables in paths stand for, such as those of the environment. @default none */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Where else the app in a folder looks for models, as a person has written it into the app's config file. Read so far:
 * `extra_model_paths.yaml` of ComfyUI. A folder without such a file has none.
 */
export async function readConfiguredFolders(
  folder: string,
  options: ConfiguredFoldersOptions,
): Promise<ConfiguredFolders> {
  const { fileSystem, home = homedir(), platform = process.platform, variables = {} } = options;
  const appRoot = await findAppRoot(fileSystem, folder);
  const facts = comfyui.configFiles.find(({ format }) => format === 'comfyui-yaml');
  if (appRoot === null || facts === undefined) return { folders: [], problems: [] };
  const file = await readConfigFile(fileSystem, { appRoot, path: facts.path });
  if (file.problem !== null) return { folders: [], problems: [{ path: file.path, reason: file.problem }] };
  if (file.text === null) return { folders: [], problems: [] };
  const configFolder = dirname(file.path);
  const paths = comfyuiFolders(file.text, { configFolder, home, platform, variables });
  if (paths === null) {
    return { folders: [], problems: [{ path: file.path, reason: NO_SECTIONS }] };
  }
  const realHome = (await findAppRoot(fileSystem, home)) ?? home;
  const folders = new Map<string, ConfiguredFolder>();
  for (const path of paths) {
    const real = await findAppRoot(fileSystem, path);
    const isWide = real !== null && isInside(real, realHome);
    const state = real === null ? 'missing' : isWide ? 'too-wide' : 'there';
    folders.set(real ?? path, { path: real ?? path, config: file.path, state });
  }
  return { folders: [...folders.values()], problems: [] };
}
