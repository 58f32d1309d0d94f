import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { ModelRecord } from '@modelkeep/core';
import type { MapperContext } from '../mapper-context.ts';
import type { MappableModel } from '../plan/mappable-model.ts';
import { settingFor, type ConfigPlace, type ViewedLink } from './config-place.ts';
import type { ConfigSection, SectionModel } from './config-section.ts';

/** @internal What is to be in one config file. */
export interface WantedFile {
  /** Below the app's folder, `/` between segments. */
  readonly path: string;
  readonly section: ConfigSection;
}

/** @internal */
export interface WantedFilesOptions {
  readonly place: ConfigPlace;
  readonly links: readonly ViewedLink[];
  readonly signal?: AbortSignal | undefined;
}

/** @internal The config files of an app that follow from the links in its view. */
export async function wantedFiles(
  context: MapperContext,
  { place, links, signal }: WantedFilesOptions,
): Promise<readonly WantedFile[]> {
  const { facts, appRoot, viewRoot } = place;
  const path = context.platform === 'win32' ? (facts.windowsPath ?? facts.path) : facts.path;
  const empty: ConfigSection = { appRoot, settings: [], models: [] };
  if (facts.format === 'jan-yaml') {
    const models = await sectionModels(context, { links, signal });
    return models.map((model) => ({
      path: `${path}/modelkeep/${janFolder(model.name)}/model.yml`,
      section: { ...empty, models: [{ ...model, name: `modelkeep/${janFolder(model.name)}` }] },
    }));
  }
  if (facts.format === 'llama-cpp-ini') {
    const models = await sectionModels(context, { links, signal });
    return [{ path, section: { ...empty, models } }];
  }
  const used = new Set(links.map(({ folder }) => settingFor(facts, folder)));
  const settings = facts.settings
    .filter((setting) => used.has(setting))
    .map(({ key, folder }) => ({ key, folder: join(viewRoot, ...folder.split('/')) }));
  return [{ path, section: { ...empty, settings } }];
}

const IDS_AT_ONCE = 500;

async function sectionModels(
  { library }: MapperContext,
  { links, signal }: Pick<WantedFilesOptions, 'links' | 'signal'>,
): Promise<readonly SectionModel[]> {
  const byModel = Map.groupBy(links, ({ modelId }) => modelId);
  const models = await lookUp(library, [...byModel.keys()], signal);
  const companions = [...models.values()].flatMap(({ record }) => record.companions);
  const mmproj = await lookUp(
    library,
    companions.filter(({ role }) => role === 'mmproj').map(({ id }) => id),
    signal,
  );
  return [...byModel].flatMap(([id, own]) => {
    const model = models.get(id);
    const [first] = own.toSorted((left, right) => (left.target < right.target ? -1 : 1));
    if (model === undefined || first === undefined) return [];
    return [
      {
        name: nameOf(first, own.length > 1),
        path: first.target,
        sizeBytes: weightsBytes(model.record),
        sha256: own.length === 1 ? first.fileSha256 : null,
        mmproj: mmprojOf(model.record, mmproj),
      },
    ];
  });
}

async function lookUp(
  library: MapperContext['library'],
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, MappableModel>> {
  const found = new Map<string, MappableModel>();
  const unique = [...new Set(ids)];
  for (let start = 0; start < unique.length; start += IDS_AT_ONCE)
    for (const model of await library.modelsById(unique.slice(start, start + IDS_AT_ONCE), { signal }))
      found.set(model.record.id, model);
  return found;
}

/** Parts of a model are in a folder that is named after it; what a person has put into a folder says so in its name. */
function nameOf({ folder, target }: ViewedLink, inParts: boolean): string {
  const below = folder
    .split('/')
    .slice(1)
    .filter((segment) => segment !== 'models');
  const stem = basename(target).replace(/\.gguf$/i, '');
  return [...below, ...(inParts ? [] : [stem])].join('/') || stem;
}

function weightsBytes({ files }: ModelRecord): number {
  return files.filter(({ role }) => role === 'weights').reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function mmprojOf({ companions }: ModelRecord, models: ReadonlyMap<string, MappableModel>): string | null {
  for (const { role, id } of companions) {
    const model = role === 'mmproj' ? models.get(id) : undefined;
    const file = model?.record.files.find((one) => one.role === 'weights');
    if (model !== undefined && file !== undefined) return join(model.folder, file.at ?? file.name);
  }
  return null;
}

/** Jan allows these characters in the id of a model. */
function janFolder(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9/_.-]/g, '_');
  return plain === name ? name : `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
