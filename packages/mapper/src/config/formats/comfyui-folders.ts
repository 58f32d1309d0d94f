import { posix, win32 } from 'node:path';
import { OWN_SECTION, readSections } from './comfyui-sections.ts';

/** @internal What the values of `extra_model_paths.yaml` are read with. */
export interface ComfyuiFoldersOptions {
  /** The folder that the file is in, absolute. */
  readonly configFolder: string;
  /** What `~` stands for, absolute. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** What `$NAME` and, on Windows, `%NAME%` stand for. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * @internal The folders that `extra_model_paths.yaml` leads ComfyUI to beside its own, in its order and once each: a value is one
 * folder a line, below the section's `base_path` or the folder of the file; only in `base_path` `~` and variables count
 * (utils/extra_config.py). Our own section is left out: it leads to links to the library.
 *
 * @returns absolute paths; null for a text that ComfyUI could not read
 */
export function comfyuiFolders(text: string, options: ComfyuiFoldersOptions): readonly string[] | null {
  const { configFolder, platform } = options;
  const path = platform === 'win32' ? win32 : posix;
  const sections = readSections(text);
  if (sections === null) return null;
  const folders = new Set<string>();
  for (const [name, section] of Object.entries(sections)) {
    if (name === OWN_SECTION || typeof section !== 'object' || section === null) continue;
    const {
      base_path: given,
      is_default: _isDefault,
      custom_nodes: _plugins,
      ...settings
    } = { ...section } as Settings;
    const base = typeof given === 'string' ? path.resolve(configFolder, expanded(given, options)) : configFolder;
    for (const value of Object.values(settings)) {
      if (typeof value !== 'string') continue;
      for (const line of value.split('\n')) if (line !== '') folders.add(path.resolve(base, line));
    }
  }
  return [...folders];
}

type Settings = Readonly<Record<string, unknown>>;

/** A variable that is not set stays as it is written, as in Python. */
function expanded(text: string, { home, platform, variables }: ComfyuiFoldersOptions): string {
  const atHome = /^~(?=$|[\\/])/u.test(text) ? home + text.slice(1) : text;
  const known = atHome.replaceAll(
    /\$(?:\{(?<braced>[^}]+)\}|(?<plain>\w+))/gu,
    (whole, braced: string | undefined, plain: string | undefined) => variables[braced ?? plain ?? ''] ?? whole,
  );
  if (platform !== 'win32') return known;
  return known.replaceAll(/%(?<name>[^%]+)%/gu, (whole, name: string) => variables[name] ?? whole);
}
