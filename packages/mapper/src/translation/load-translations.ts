import { join } from 'node:path';
import { isModelkeepError } from '@modelkeep/core';
import { systemCodeOf, type FileSystem } from '@modelkeep/io';
import type { AppProfile } from '../profiles/app-profile.ts';
import { normaliseVersion } from '../versions/normalise-version.ts';
import { invalidTranslation } from './invalid-translation.ts';
import { LARGEST_TRANSLATION, parseTranslation } from './parse-translation.ts';
import type { TranslationConfig } from './translation-config.ts';
import { readTranslationName, type TranslationName } from './translation-name.ts';

/** @internal One translation config of an app. */
export interface LoadedTranslation extends TranslationName {
  readonly file: string;
  /** The version that it counts from; null for `any`. */
  readonly version: string | null;
  readonly config: TranslationConfig;
}

/** @internal */
export interface LoadTranslationsOptions {
  readonly fileSystem: FileSystem;
  /** null: there are none. */
  readonly folder: string | null;
  readonly profile: AppProfile;
  /** The ids of all apps that are known. */
  readonly apps: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Configs of one app: more are a mistake, and would be read for every plan. */
const MOST_FILES = 1000;

/**
 * @internal Reads the translation configs of an app. One that is not valid ends it: what it says is not guessed.
 *
 * @throws `mapper.invalid-translation`, `io.*`
 */
export async function loadTranslations(options: LoadTranslationsOptions): Promise<readonly LoadedTranslation[]> {
  const { fileSystem, folder, profile, apps, signal } = options;
  if (folder === null) return [];
  const loaded: LoadedTranslation[] = [];
  for (const file of await namesIn(fileSystem, folder)) {
    const name = readTranslationName(file, apps);
    if (name?.app !== profile.id) continue;
    signal?.throwIfAborted();
    const path = join(folder, file);
    if (loaded.length === MOST_FILES)
      throw invalidTranslation({ path, pointer: '', problem: `there are more than ${MOST_FILES} configs of this app` });
    const version = versionOf(name, profile, path);
    const config = await parseTranslation({ path, bytes: await readWhole(fileSystem, path, signal), profile });
    const same = loaded.find((one) => one.version === version && one.modelConfig === name.modelConfig);
    if (same !== undefined)
      throw invalidTranslation({ path, pointer: '', problem: `it stands for the same version as ${same.file}` });
    loaded.push({ ...name, file, version, config });
  }
  return loaded;
}

function versionOf({ appVersion }: TranslationName, { versions, name }: AppProfile, path: string): string | null {
  if (appVersion === 'any') return null;
  const version = normaliseVersion(versions.scheme, appVersion);
  if (version !== null) return version;
  throw invalidTranslation({
    path,
    pointer: '',
    problem: `"${appVersion}" in its name is no version of ${name}; "any" stands for all`,
  });
}

async function namesIn(fileSystem: FileSystem, folder: string): Promise<readonly string[]> {
  try {
    return (await fileSystem.readdir(folder)).map(({ name }) => name).toSorted();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readWhole(fileSystem: FileSystem, path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const { kind } = await fileSystem.stat(path);
    if (kind !== 'file') throw invalidTranslation({ path, pointer: '', problem: 'it is no file' });
    return await fileSystem.readFile(path, { maxBytes: LARGEST_TRANSLATION, signal });
  } catch (error) {
    if (systemCodeOf(error) === 'EFBIG')
      throw invalidTranslation({ path, pointer: '', problem: `it is larger than ${LARGEST_TRANSLATION} bytes` });
    if (isModelkeepError(error, 'io.not-found') || systemCodeOf(error) === 'ELOOP')
      throw invalidTranslation({ path, pointer: '', problem: 'it is a link that leads nowhere' });
    throw error;
  }
}
