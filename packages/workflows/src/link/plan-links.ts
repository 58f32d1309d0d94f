import { join, resolve, sep } from 'node:path';
import { isModelkeepError, type ModelRecord } from '@modelkeep/core';
import { linkMaker, machineId, type FileSystem, type Io } from '@modelkeep/io';
import { linkedVersions, type LibraryStore } from '@modelkeep/library';
import {
  createMapper,
  type AppliedPlan,
  type LinkingOptions,
  type LinkPlan,
  type MappableModel,
  type Mapper,
  type MapperOptions,
  type MappingWay,
  type UnlinkedApp,
} from '@modelkeep/mapper';
import { listAllModels } from './list-all-models.ts';

/** Which app is to see which models. */
export interface PlanLinksOptions {
  /** The app's folder. To pass it is the grant to make links there. */
  readonly appRoot: string;
  /** Such as `0.3.40`. @default what the app's folder says; where it does not, the folders that are there decide */
  readonly appVersion?: string | undefined;
  /** Which of the translation configs counts: the last part of their names. @default 'default' */
  readonly modelConfig?: string | undefined;
  /** One of the ways that the app can be mapped. @default the usual one */
  readonly way?: MappingWay['kind'] | undefined;
  /** How links are to be made, and whether bytes may be copied where none is possible. @default as suits the app, and no copies */
  readonly linking?: LinkingOptions | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whose links are removed. */
export interface UnlinkOptions {
  /** The app's folder; it may be gone. */
  readonly appRoot: string;
  readonly signal?: AbortSignal | undefined;
}

/** A plan, and the hands to carry it out. */
export interface AppLinks {
  /** What would be done: plain data. */
  readonly plan: LinkPlan;
  /** Does it, as far as it still fits. */
  apply(options?: { readonly signal?: AbortSignal | undefined }): Promise<AppliedPlan>;
  /** Takes the last {@link AppLinks.apply} back; nothing where there was none. */
  undo(options?: { readonly signal?: AbortSignal | undefined }): Promise<UnlinkedApp | null>;
}

/** @internal What the mapper of a library works with. */
export interface MapperOfOptions extends Pick<MapperOptions, 'registry' | 'translationFolder' | 'exclusively'> {
  readonly store: LibraryStore;
  readonly io: Io;
}

/** Folders of links that config files lead to. It has no dot at its start: some apps look into no such folder. */
const VIEWS = 'views';

/** @internal The mapper over a library's state database. */
export function mapperOf({ store, io, ...options }: MapperOfOptions): Mapper {
  return createMapper({
    ...options,
    viewFolder: join(store.root, VIEWS),
    fileSystem: io.fileSystem,
    maker: linkMaker(io),
    kindsOf: (paths, signal) => io.kindsOf(paths, signal),
    readLinkTexts: (paths, signal) => io.linkTextsOf(paths, signal),
    machineId: machineId(),
    library: {
      async modelsById(ids) {
        const records = await Promise.all(ids.map((id) => store.index.get(id)));
        const known = records.filter((record) => record !== null);
        return (await store.withPlaces(known)).map((record) => mappable(store, record));
      },
    },
  });
}

/** @internal All models of the library, planned for an app; but for those that the app has in its own folder. */
export async function planAppLinks(
  {
    store,
    mapper,
    fileSystem,
  }: { readonly store: LibraryStore; readonly mapper: Mapper; readonly fileSystem: FileSystem },
  app: string,
  options: PlanLinksOptions,
): Promise<AppLinks> {
  const { appVersion, modelConfig, way, linking, signal } = options;
  const own = await realFolder(fileSystem, options.appRoot);
  const models: MappableModel[] = [];
  const records: ModelRecord[] = [];
  for await (const record of listAllModels(store, { signal })) records.push(record);
  for (const record of linkedVersions(records)) {
    const [placed = record] = await store.withPlaces([record]);
    const model = mappable(store, placed);
    if (record.place.kind === 'library' || !`${model.folder}${sep}`.startsWith(`${own}${sep}`)) models.push(model);
  }
  const whole = await mapper.planLinks({
    app,
    appRoot: resolve(options.appRoot),
    appVersion,
    modelConfig,
    way,
    models,
    linking,
    signal,
  });
  const plan = withoutOffline(whole, new Set(records.filter((one) => store.isOffline(one)).map(({ id }) => id)));
  let applied: AppliedPlan | null = null;
  return {
    plan,
    async apply(applyOptions) {
      applied = await mapper.apply(plan, applyOptions);
      return applied;
    },
    async undo(undoOptions) {
      if (applied === null) return null;
      const undone = await mapper.undo(applied, undoOptions);
      applied = null;
      return undone;
    },
  };
}

/** Links to what is on a drive that is not here stay as they are, and no new ones are made. */
function withoutOffline(plan: LinkPlan, offline: ReadonlySet<string>): LinkPlan {
  if (offline.size === 0) return plan;
  const isLeft = ({ modelId, action }: LinkPlan['entries'][number]): boolean =>
    offline.has(modelId) && action !== 'keep' && action !== 'skipped';
  const counts = { ...plan.counts };
  for (const entry of plan.entries) if (isLeft(entry)) counts[entry.action] -= 1;
  return { ...plan, counts, entries: plan.entries.filter((entry) => !isLeft(entry)) };
}

function mappable(store: LibraryStore, record: ModelRecord): MappableModel {
  return { record, folder: store.folderOf(record) };
}

/** @internal The planning says so where it is not there. */
export async function realFolder(fileSystem: FileSystem, folder: string): Promise<string> {
  try {
    return await fileSystem.realpath(resolve(folder));
  } catch (error) {
    if (isModelkeepError(error)) return resolve(folder);
    throw error;
  }
}
