import { posix } from 'node:path';
import type { MapperContext } from '../mapper-context.ts';
import type { LinkPlanEntry } from '../plan/link-plan.ts';
import type { NotPlaced } from '../plan/placement.ts';
import type { WantedLink } from '../plan/wanted-link.ts';
import type { AppProfile } from '../profiles/app-profile.ts';
import type { ConfigFileFacts } from '../profiles/config-file-facts.ts';
import type { MappingWay } from '../profiles/mapping-way.ts';
import { viewRootOf } from './view-root.ts';

/** @internal An installation whose config leads to a folder of links. */
export interface ConfigPlace {
  readonly app: string;
  /** The app's folder, absolute, without links on the way. */
  readonly appRoot: string;
  /** The folder of links. */
  readonly viewRoot: string;
  readonly facts: ConfigFileFacts;
}

/** @internal A link in that folder, as it is or as it will be. */
export interface ViewedLink {
  readonly modelId: string;
  /** Below the folder of links, `/` between segments. */
  readonly folder: string;
  readonly target: string;
  readonly fileSha256: string | null;
}

/** @internal The setting that leads to a folder; undefined where none does. */
export function settingFor(
  { settings }: ConfigFileFacts,
  folder: string,
): ConfigFileFacts['settings'][number] | undefined {
  return settings.find((setting) => folder === setting.folder || folder.startsWith(`${setting.folder}/`));
}

/** @internal */
export interface ConfigPlaceOptions {
  readonly app: string;
  readonly appRoot: string;
  readonly profile: AppProfile;
  readonly way: MappingWay;
}

/** @internal null for another way than a config file. @throws `core.invalid-argument` where there is no folder for links */
export async function configPlaceOf(
  context: MapperContext,
  { app, appRoot, profile, way }: ConfigPlaceOptions,
): Promise<ConfigPlace | null> {
  if (way.kind !== 'config') return null;
  const facts = profile.configFiles.find(({ format }) => format === way.format);
  if (facts === undefined) return null;
  return { app, appRoot, facts, viewRoot: await viewRootOf(context, { app, appRoot }) };
}

/** @internal The links in folders that a setting stands for; another one would never be looked into. */
export function* settable(
  wanted: Iterable<readonly WantedLink[]>,
  { place, notSet }: { readonly place: ConfigPlace | null; readonly notSet: NotPlaced[] },
): Generator<readonly WantedLink[]> {
  if (place === null || place.facts.settings.length === 0) {
    yield* wanted;
    return;
  }
  const { facts } = place;
  for (const some of wanted) {
    const left = some.filter(({ folder }) => settingFor(facts, folder) === undefined);
    for (const [model, folder] of new Map(left.map((link) => [link.model, link.folder]))) {
      const message = `${facts.path} has no setting for ${folder}: link such models into the app's folder`;
      notSet.push({ model, reason: { code: 'no-setting', message } });
    }
    yield some.filter(({ folder }) => settingFor(facts, folder) !== undefined);
  }
}

/** @internal The links of a plan that will be there. */
export function viewedLinks(entries: readonly LinkPlanEntry[]): readonly ViewedLink[] {
  return entries.flatMap(({ action, modelId, folder, name, target, fileSha256 }) => {
    if (action !== 'create' && action !== 'keep' && action !== 'replace') return [];
    if (folder === null || name === null || target === null) return [];
    return [{ modelId, folder: posix.join(folder, posix.dirname(name)), target, fileSha256 }];
  });
}
