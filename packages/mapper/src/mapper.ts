import { systemClock, type Clock } from '@modelkeep/core';
import { nodeFileSystem, type FileSystem, type LinkMaker } from '@modelkeep/io';
import type { AppliedLink, AppliedPlan, UnlinkedApp } from './apply/applied-plan.ts';
import type { ApplyOptions } from './apply/apply-plan.ts';
import type { UndoPlan } from './apply/plan-undo.ts';
import type { RunNames } from './apply/undo-steps.ts';
import { applyMapping, recoverConfig } from './config/apply-config.ts';
import { followViews } from './config/follow-views.ts';
import { planUndo, undoMapping, unlinkAllWithConfig, unlinkModelWithConfig } from './config/unlink-config.ts';
import { checkLinks } from './health/check-links.ts';
import type { CheckedLink } from './health/link-health.ts';
import { checkConfig } from './health/check-config.ts';
import type { CheckedFile } from './health/config-health.ts';
import { followPlaces } from './health/follow-places.ts';
import { repairMapping, type RepairedLinks } from './health/repair-links.ts';
import { scopesOf } from './health/scopes-of.ts';
import type { MapperContext } from './mapper-context.ts';
import type { Exclusively } from './support/exclusively.ts';
import { recoverLinks, type LinkScope } from './apply/recover-links.ts';
import type { UnlinkAllOptions } from './apply/unlink-all.ts';
import type { UnlinkedModel } from './apply/unlink-model.ts';
import { createLinkHands } from './links/create-link-hands.ts';
import type { LinkPlan } from './plan/link-plan.ts';
import type { ReadLinkTexts } from './links/link-texts.ts';
import type { LookAtNames } from './plan/source-looks.ts';
import type { ModelLookup } from './plan/mappable-model.ts';
import { planLinks, type PlanLinksOptions } from './plan/plan-links.ts';
import { appProfiles } from './profiles/app-profiles.ts';
import type { AppProfile } from './profiles/app-profile.ts';
import type { RegistryDatabase } from './registry/database.ts';
import { createFileRegistry } from './registry/file-registry.ts';
import { linkedModels } from './registry/linked-models.ts';
import { createFolderRegistry } from './registry/folder-registry.ts';
import { detectApps, type DetectedApp } from './detect/detect-apps.ts';
import { createLinkRegistry } from './registry/link-registry.ts';
import type { RegisteredLink } from './registry/link-row.ts';
import { undoableRuns, type UndoableRun } from './registry/undoable-runs.ts';
import { createPlaceRegistry } from './registry/place-registry.ts';
import { createUndoJournal } from './registry/undo-journal.ts';
import { createViewRegistry } from './registry/view-registry.ts';

/** What a mapper is made from. */
export interface MapperOptions {
  /** The state database, opened with `mapperMigrations` and `synchronous=FULL`. The caller closes it. */
  readonly registry: RegistryDatabase;
  /** Stands for this machine: rows of other machines are not looked at. */
  readonly machineId: string;
  /**
   * Holds a lock that the system frees when the process dies, as `acquireLock` of `@modelkeep/sqlite` does, for a few hundred
   * links at a time. @default none: then one process at a time may change links
   */
  readonly exclusively?: Exclusively | undefined;
  /** Says what the library has now: a plan that comes back is compared with it. */
  readonly library: ModelLookup;
  /** @default the file system of the machine */
  readonly fileSystem?: FileSystem | undefined;
  /** Reads and copies bytes, as `linkMaker(createIo())` of `@modelkeep/io` does. @default neither clones nor copies are made */
  readonly maker?: Pick<LinkMaker, 'sha256' | 'copy'> | undefined;
  /** Looks at many names at once, as `createIo().kindsOf` of `@modelkeep/io` does in its workers. @default one by one */
  readonly kindsOf?: LookAtNames | undefined;
  /** Reads many links at once, as `createIo().linkTextsOf` of `@modelkeep/io` does in its workers. @default one by one */
  readonly readLinkTexts?: ReadLinkTexts | undefined;
  /** @default {@link appProfiles} */
  readonly profiles?: readonly AppProfile[] | undefined;
  /** A folder of translation configs, `<app>_<appversion>_<modelconfig>.json`, absolute. @default none */
  readonly translationFolder?: string | undefined;
  /**
   * Where folders of links are made that config files lead to, absolute; its parent is there. No folder on the way to it begins
   * with a dot: some apps look into none of these. @default config files cannot be written
   */
  readonly viewFolder?: string | undefined;
  /** @default that of the process */
  readonly platform?: NodeJS.Platform | undefined;
  /** @default the clock of the system */
  readonly clock?: Clock | undefined;
}

/** Makes models appear in the folders of apps. It holds nothing open. */
export interface Mapper {
  /**
   * Says what would be done. Changes nothing.
   * @throws `mapper.unknown-app`, `mapper.app-root`, `mapper.invalid-profile`, `io.*`, `sqlite.*`
   */
  planLinks(options: PlanLinksOptions): Promise<LinkPlan>;
  /**
   * Does what a plan says, as far as it still fits. Each line is compared with the disk again: what does not fit is a
   * `conflict` in the result, what the system refuses is `failed`; neither stops the others. Atomic per link; a run that
   * was cut off is finished by {@link Mapper.recover}, or by the next run.
   *
   * @param plan - a plan, possibly edited or from another process: it is checked as untrusted data
   * @throws `mapper.invalid-plan`, `mapper.stale-plan`, `mapper.app-root`, `mapper.unknown-app`, `sqlite.*`
   */
  apply(plan: LinkPlan, options?: ApplyOptions): Promise<AppliedPlan>;
  /**
   * Takes a run back, as far as nobody changed its links since: created links go, replaced and removed ones return, and
   * the empty folders that were made go. The last 20 runs of an app can be taken back. What the system refuses is `failed`
   * and can be tried again.
   *
   * @param applied - what `apply` answered, or its `id`, `app` and `appRoot`
   * @throws `core.invalid-argument`, `mapper.app-root` while the app's folder is not there, `sqlite.*`
   */
  undo(applied: RunNames, options?: { readonly signal?: AbortSignal | undefined }): Promise<UnlinkedApp>;
  /** What {@link Mapper.undo} would do. Changes nothing. @throws as `undo` */
  planUndo(applied: RunNames, options?: { readonly signal?: AbortSignal | undefined }): Promise<UndoPlan>;
  /** The runs that can be taken back, the latest first, also those of config files. @throws `sqlite.*` */
  runs(scope?: LinkScope): Promise<readonly UndoableRun[]>;
  /**
   * Removes every link of an app that is as it was recorded, and the empty folders that were made. What is not as
   * recorded is left alone, reported as a `conflict`, and no longer counted as ours.
   * @throws `sqlite.*`
   */
  unlinkAll(options: UnlinkAllOptions): Promise<UnlinkedApp>;
  /**
   * Removes the links that lead to a model, in every app on this machine, as {@link Mapper.unlinkAll} does. Those in an app
   * whose folder is not there stay recorded, as a `conflict`: the next plan of that app removes them.
   * @throws `sqlite.*`
   */
  unlinkModel(modelId: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<UnlinkedModel>;
  /**
   * Finishes what a process that ended in between had recorded: exactly the recorded link → done; nothing there → it is
   * made; anything else → left alone and reported. Links of an app whose folder is not there wait. Folders of links that went with
   * a library that was moved are known again where it is now.
   * @throws `sqlite.*`
   */
  recover(scope?: LinkScope): Promise<readonly AppliedLink[]>;
  /**
   * The apps that a folder looks like by its own files, the likeliest first, with their versions. Changes nothing.
   * @throws `mapper.app-root`
   */
  detectApps(folder: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly DetectedApp[]>;
  /** The links that lead to a model, in every app. */
  linksOf(modelId: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly RegisteredLink[]>;
  /** The ids of the models that an app has links to on this machine. @throws `sqlite.*` */
  modelsOf(app: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly string[]>;
  /** Compares the recorded links with the disk and the library, also those that an app's config files lead to. Changes nothing. */
  check(scope?: LinkScope): Promise<readonly CheckedLink[]>;
  /**
   * Compares the config files that something of ours is in with the links that they lead to: a file or what is ours in it
   * may be gone, or changed. Changes nothing.
   * @throws `sqlite.*`
   */
  checkFiles(scope?: LinkScope): Promise<readonly CheckedFile[]>;
  /**
   * Checks, and makes good what it finds: a link is made again where the library has what it is for, removed where it has
   * not, and no longer counted as ours where something else is; what is missing in a config file is written again. It
   * cannot be undone; the next plan sees the result.
   * @throws `sqlite.*`
   */
  repair(scope?: LinkScope): Promise<RepairedLinks>;
  /**
   * Leads links to where the library has their files now, if it is at other places than the last time: a drive is mounted
   * elsewhere. Nothing else is repaired, and links of an app whose folder is not there stay as they are.
   *
   * @param places - the folders of the library, of drives that are not connected as well
   * @returns the links that led elsewhere
   * @throws `sqlite.*`
   */
  followPlaces(
    places: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly AppliedLink[]>;
}

/**
 * Makes a mapper over a state database.
 *
 * @example
 * ```ts
 * import { createMapper, mapperMigrations, type MappableModel } from '@modelkeep/mapper';
 * import { createSqlite } from '@modelkeep/sqlite';
 *
 * export async function mapAll(models: readonly MappableModel[]): Promise<void> {
 *   await using sqlite = createSqlite();
 *   await using registry = await sqlite.open({
 *     path: '/data/models/.modelkeep/state.db',
 *     migrations: [mapperMigrations],
 *     synchronous: 'full',
 *   });
 *   const modelsById = async (ids: readonly string[]) => models.filter(({ record }) => ids.includes(record.id));
 *   const exclusively = async <T>(work: () => Promise<T>): Promise<T> => {
 *     await using _lock = await sqlite.acquireLock('/data/models/.modelkeep/links.lock');
 *     return await work();
 *   };
 *   const mapper = createMapper({ registry, exclusively, machineId: 'this-machine', library: { modelsById } });
 *   await mapper.recover();
 *   const plan = await mapper.planLinks({ app: 'comfyui', appRoot: '/apps/ComfyUI', models });
 *   const applied = await mapper.apply(plan);
 *   if (applied.counts.conflict > 0) await mapper.undo(applied);
 * }
 * ```
 */
export function createMapper(options: MapperOptions): Mapper {
  const { registry, machineId, library, fileSystem = nodeFileSystem } = options;
  const context: MapperContext = {
    fileSystem,
    library,
    clock: options.clock ?? systemClock,
    profiles: options.profiles ?? appProfiles,
    translationFolder: options.translationFolder ?? null,
    viewFolder: options.viewFolder ?? null,
    platform: options.platform ?? process.platform,
    kindsOf: options.kindsOf ?? null,
    readLinkTexts: options.readLinkTexts ?? null,
    hands: createLinkHands({ fileSystem, maker: options.maker ?? null }),
    links: createLinkRegistry(registry, machineId),
    folders: createFolderRegistry(registry, machineId),
    files: createFileRegistry(registry, machineId),
    places: createPlaceRegistry(registry, machineId),
    views: createViewRegistry(registry, machineId),
    journal: createUndoJournal(registry, machineId),
    exclusively: options.exclusively ?? ((work) => work()),
  };
  return {
    planLinks: (request) => planLinks(context, request),
    apply: (plan, request) => applyMapping(context, plan, request),
    undo: (applied, { signal } = {}) => undoMapping(context, { applied, signal }),
    planUndo: (applied, { signal } = {}) => planUndo(context, applied, signal),
    async runs(scope = {}) {
      const scopes = await scopesOf(context, scope);
      const found = await Promise.all(scopes.map((one) => undoableRuns(registry, { machine: machineId, scope: one })));
      return found.flat().toSorted((left, right) => (left.id < right.id ? 1 : -1));
    },
    unlinkAll: (request) => unlinkAllWithConfig(context, request),
    unlinkModel: (modelId, { signal } = {}) => unlinkModelWithConfig(context, modelId, signal),
    async recover(scope = {}) {
      await followViews(context);
      const links: AppliedLink[] = [];
      for (const one of await scopesOf(context, scope)) links.push(...(await recoverLinks(context, one)));
      await recoverConfig(context, scope);
      return links;
    },
    detectApps: (folder, { signal } = {}) => detectApps(context, folder, signal),
    linksOf: (modelId, { signal } = {}) => context.links.list({ modelId }, signal),
    modelsOf: (app, { signal } = {}) => linkedModels(registry, { machine: machineId, app, signal }),
    async check(scope = {}) {
      const checked: CheckedLink[] = [];
      for (const one of await scopesOf(context, scope)) checked.push(...(await checkLinks(context, one)));
      return checked;
    },
    checkFiles: (scope = {}) => checkConfig(context, scope),
    repair: (scope = {}) => repairMapping(context, scope),
    followPlaces: (places, { signal } = {}) => followPlaces(context, places, signal),
  };
}
