import { resolve } from 'node:path';
import type { Clock } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type {
  CheckedFile,
  CheckedLink,
  DetectedApp,
  Mapper,
  RepairedLinks,
  RunNames,
  UndoableRun,
  UndoPlan,
  UnlinkedApp,
} from '@modelkeep/mapper';
import type { RecordedLinks } from './recorded-links.ts';
import { keepLinked, type KeepLinkedOptions, type LinkKeeper } from './keep-linked.ts';
import { planAppLinks, realFolder, type AppLinks, type PlanLinksOptions, type UnlinkOptions } from './plan-links.ts';

/** Which links are looked at. */
export interface CheckLinksOptions {
  /** Id of an app's profile. @default every app */
  readonly app?: string | undefined;
  /** @default every folder */
  readonly appRoot?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What makes the models of a library appear in apps. */
export interface Linking {
  /** The app that a folder looks like by its own files, with its version and the ways to map it; null for none. @throws `mapper.app-root` */
  detectApp(folder: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<DetectedApp | null>;
  /** Tells what would be linked into an app's folders, and does it on demand. @throws `mapper.unknown-app`, `mapper.app-root` */
  planLinks(app: string, options: PlanLinksOptions): Promise<AppLinks>;
  /** Removes the links of this library from an app's folders; what is not a link of ours is left alone. */
  unlink(app: string, options: UnlinkOptions): Promise<UnlinkedApp>;
  /** The runs of {@link AppLinks.apply} that can be taken back, of any process of this machine, the latest first: 20 of each app. */
  linkRuns(options?: CheckLinksOptions): Promise<readonly UndoableRun[]>;
  /**
   * Takes such a run back, as far as nobody changed its links since. What the system refuses can be tried again.
   * @throws `mapper.app-root` while the app's folder is not there
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * const [last] = await library.linkRuns({ app: 'comfyui', appRoot: '/apps/ComfyUI' });
   * if (last !== undefined) console.log(await library.planUndoLinks(last), await library.undoLinks(last));
   * ```
   */
  undoLinks(run: RunNames, options?: { readonly signal?: AbortSignal | undefined }): Promise<UnlinkedApp>;
  /** What {@link Linking.undoLinks} would do. Changes nothing. @throws `mapper.app-root` */
  planUndoLinks(run: RunNames, options?: { readonly signal?: AbortSignal | undefined }): Promise<UndoPlan>;
  /**
   * Compares the links that are recorded with the apps' folders and the library: broken, moved, stale, foreign, missing, or
   * the app's folder is gone. Changes nothing.
   */
  checkLinks(options?: CheckLinksOptions): Promise<readonly CheckedLink[]>;
  /**
   * Compares the config files of apps that something of ours is in with the links that they lead to: missing, edited, refused,
   * or the app's folder is gone. Changes nothing.
   */
  checkConfigFiles(options?: CheckLinksOptions): Promise<readonly CheckedFile[]>;
  /**
   * Checks, makes good what the library has the files for, removes what it has none for, and gives up what is not ours. What
   * is missing in config files is written again.
   */
  repairLinks(options?: CheckLinksOptions): Promise<RepairedLinks>;
  /**
   * Keeps an app in step with the library, whichever process changes it, until it is closed or its signal aborts. Only the
   * links that a change is about are touched.
   *
   * @example
   * ```ts
   * import { openLibrary } from 'modelkeep';
   *
   * await using library = await openLibrary({ root: '/data/models' });
   * await using keeper = library.keepLinked('comfyui', { appRoot: '/apps/ComfyUI' });
   * for await (const { applied, problem } of keeper) console.log(applied?.counts, problem?.message);
   * ```
   */
  keepLinked(app: string, options: KeepLinkedOptions): LinkKeeper;
}

/** @internal */
export interface LinkingContext {
  readonly store: LibraryStore;
  /** @throws `library.read-only` */
  readonly mapping: () => Mapper;
  readonly links: RecordedLinks;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly join: (signal: AbortSignal | undefined) => AbortSignal;
  readonly track: (operation: { readonly result: Promise<unknown> }) => unknown;
}

/** @internal */
export function createLinking(context: LinkingContext): Linking {
  const { store, mapping, links, fileSystem, clock, join, track } = context;
  const plan = async (app: string, request: PlanLinksOptions): Promise<AppLinks> =>
    planAppLinks({ store, mapper: mapping(), fileSystem }, app, request);
  const scopeOf = async ({ app, appRoot, signal }: CheckLinksOptions): Promise<CheckLinksOptions> => ({
    app,
    appRoot: appRoot === undefined ? undefined : await realFolder(fileSystem, appRoot),
    signal: join(signal),
  });
  return {
    async detectApp(folder, { signal } = {}) {
      const [likeliest = null] = await mapping().detectApps(resolve(folder), { signal: join(signal) });
      return likeliest;
    },
    planLinks: plan,
    unlink: async (app, request) => mapping().unlinkAll({ app, ...request }),
    linkRuns: async (options = {}) => mapping().runs(await scopeOf(options)),
    undoLinks: async (run, { signal } = {}) => mapping().undo(run, { signal: join(signal) }),
    planUndoLinks: async (run, { signal } = {}) => mapping().planUndo(run, { signal: join(signal) }),
    checkLinks: async (options = {}) => links.check(await scopeOf(options)),
    checkConfigFiles: async (options = {}) => links.checkFiles(await scopeOf(options)),
    repairLinks: async (options = {}) => mapping().repair(await scopeOf(options)),
    keepLinked(app, options) {
      mapping();
      const feed = { changesSince: store.index.changesSince.bind(store.index) };
      const keeping = { feed, clock, plan: (request: PlanLinksOptions) => plan(app, request) };
      const keeper = keepLinked(keeping, { ...options, signal: join(options.signal) });
      track({ result: keeper.ended });
      return keeper;
    },
  };
}
