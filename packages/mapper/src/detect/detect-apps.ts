import type { FileSystem } from '@modelkeep/io';
import { resolveAppRoot } from '../app/app-root.ts';
import type { MapperContext } from '../mapper-context.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import type { MappingWay } from '../profiles/mapping-way.ts';
import { readInstalledVersion } from '../versions/installed-version.ts';
import { normaliseVersion } from '../versions/normalise-version.ts';
import { hasSigns } from './has-signs.ts';

/** An app that a folder looks like. Plain data. */
export interface DetectedApp {
  /** The id of its profile: `comfyui`. */
  readonly app: string;
  readonly name: string;
  /** Its folder, absolute, without links on the way. */
  readonly appRoot: string;
  /** The version in the app's words; null where its files do not say. */
  readonly appVersion: string | null;
  /** What that is taken for, as semver; null for a git checkout and the like. */
  readonly version: string | null;
  /** How it can be made to see models, the usual way first. */
  readonly ways: readonly MappingWay[];
}

/** @internal The apps that a folder looks like by its own files, the likeliest first. Changes nothing. */
export async function detectApps(
  context: Pick<MapperContext, 'fileSystem' | 'profiles'>,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly DetectedApp[]> {
  const { fileSystem, profiles } = context;
  const appRoot = await resolveAppRoot(fileSystem, folder);
  const found: { readonly profile: AppProfile; readonly signs: number }[] = [];
  for (const profile of profiles) {
    signal?.throwIfAborted();
    const { signs } = profile;
    if (signs === null || !(await hasSigns(fileSystem, { appRoot, signs }))) continue;
    found.push({ profile, signs: signs.all.length + signs.none.length });
  }
  const likeliest = found.toSorted((left, right) => right.signs - left.signs);
  return Promise.all(likeliest.map(({ profile }) => describe(fileSystem, { profile, appRoot })));
}

async function describe(
  fileSystem: FileSystem,
  { profile, appRoot }: { readonly profile: AppProfile; readonly appRoot: string },
): Promise<DetectedApp> {
  const appVersion = await readInstalledVersion(fileSystem, { profile, appRoot });
  return {
    app: profile.id,
    name: profile.name,
    appRoot,
    appVersion,
    version: appVersion === null ? null : normaliseVersion(profile.versions.scheme, appVersion),
    ways: [profile.way, ...profile.otherWays],
  };
}
