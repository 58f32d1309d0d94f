import { resolve } from 'node:path';
import { ModelkeepError, silentLogger, systemClock, type ModelRecord, type Operation } from '@modelkeep/core';
import type { LibraryIndex } from '@modelkeep/library-index';
import { createFolderSync } from './blobs/folder-sync.ts';
import { withPlacesOnAll } from './volumes/with-places-on-all.ts';
import type { GcOptions, GcReport } from './gc/gc-report.ts';
import type { ImportSet } from './import/find-importable.ts';
import { importPaths } from './import/import-paths.ts';
import type { ImportOptions, ImportReport } from './import/import-types.ts';
import { createModelKeeping, type ModelKeeping } from './keeping.ts';
import { createModelSourcing, type ModelSourcing } from './sourcing.ts';
import type { ComputeHashesOptions, ComputeHashesReport } from './models/compute-hashes.ts';
import { rebuildIndex, surveyModels, type RebuildReport, type SurveyReport } from './models/rebuild-index.ts';
import { modelFolder, type PlacedModel } from './models/model-folder.ts';
import { resolveReference } from './models/resolve-reference.ts';
import type { OpenLibraryStoreOptions } from './open-library-store-options.ts';
import { placeState } from './state/place-state.ts';
import { createStateDatabase } from './state/state-database.ts';
import type { VerifyOptions, VerifyReport } from './models/verify-report.ts';
import type { RepairOptions, RepairReport } from './repair/repair-report.ts';
import { refuseUnsafeNames } from './names/refuse-unsafe-names.ts';
import type { ScanReport } from './scan/scan-report.ts';
import { scanRoots, type ScanOptions } from './scan/scan-roots.ts';
import { watchRoots, type ScanWatch, type WatchOptions } from './scan/watch-roots.ts';
import type { StoreContext } from './store-context.ts';
import { createRevisions, type Revisions } from './revisions/revisions.ts';
import type { ModelUse } from './room/model-use.ts';
import { createRoom, type Room } from './room/room.ts';
import { giveUpToOpen } from './room/spare-room.ts';
import type { LibraryUsage } from './usage/read-usage.ts';
import type { WantedContent } from './transaction/find-contents.ts';
import type { RecoveryReport } from './transaction/recover.ts';
import type { StoredContent, WantedFile } from './transaction/stored-file.ts';
import type { BeginOptions, Transaction } from './transaction/transaction.ts';
import {
  beginOn,
  collectAll,
  computeHashesOfAll,
  findInAll,
  repairAll,
  usageOfAll,
  verifyAll,
} from './volumes/all-volumes.ts';
import { chooseVolume } from './volumes/choose-volume.ts';
import { roomForFiles, type RoomForFiles, type RoomForOptions } from './volumes/room-for-files.ts';
import { volumeForSet, type PlacementOptions } from './volumes/volume-for-set.ts';
import { openVolumeSet } from './volumes/volume-set.ts';
import { createVolumeKeeping, type VolumeKeeping } from './volumes/volume-keeping.ts';
import type { VolumeLayout } from './volume/layout.ts';
import { isNewerIndexThere } from './volume/newer-index.ts';
import { openIndex } from './volume/open-index.ts';
import { renewableIndex } from './volume/renewable-index.ts';
import { openVolume } from './volume/open-volume.ts';
import { openVolumeLocks, type LockWait, type VolumeLock } from './volume/volume-locks.ts';

/** A library on disk: its models, and the way for new ones to get in. */
export interface LibraryStore extends AsyncDisposable, ModelKeeping, VolumeKeeping, ModelSourcing, Revisions, Room {
  readonly root: string;
  readonly libraryId: string;
  /** `read` also when a newer version of modelkeep wrote the library and lets this one read only. */
  readonly mode: 'read' | 'write';
  readonly layout: VolumeLayout;
  /** Where links and other things of this machine may be noted; null where nothing may be. */
  readonly stateFile: string | null;
  readonly index: LibraryIndex;
  /** What opening found of processes that ended half-way; null in mode `read`. */
  readonly recovery: RecoveryReport | null;
  /** Absolute path of the folder with a model's files: in the library, or where the model was adopted. */
  folderOf(model: PlacedModel): string;
  /**
   * Says of files that are elsewhere where they are: on a drive without links the second model with the same weights has
   * none of its own, and `at` leads from its folder to them.
   */
  withPlaces(models: readonly ModelRecord[]): Promise<readonly ModelRecord[]>;
  /** By id, unique prefix of it, slug, or unique name. @throws `library.model-not-found`, `library.ambiguous-id` */
  resolve(reference: string): Promise<ModelRecord>;
  /**
   * Contents that are stored, by what a source says of them before a byte was read.
   *
   * @returns in the order of what is wanted, null for what is not there
   */
  findContents(
    wanted: readonly WantedContent[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly (StoredContent | null)[]>;
  /**
   * The volume that files go to, by the rule of the library, and the room that they need there. Whoever begins with it
   * names its volume.
   *
   * @throws `library.volume-not-found`, `library.volume-offline`, `library.read-only`
   */
  roomFor(files: readonly WantedFile[], options?: RoomForOptions): Promise<RoomForFiles>;
  /**
   * Starts to store files that come from a hub. Whoever begins ends with `commit`, `release` or `discard`.
   *
   * @throws `library.unsafe-name`, `io.disk-full` when the drive has no room for what is not here yet, `library.read-only`
   */
  begin(files: readonly WantedFile[], options?: BeginOptions & PlacementOptions): Promise<Transaction>;
  /**
   * Takes files and folders into the library: as copies, or as {@link ImportOptions.mode} says. What cannot be read is
   * reported and left out.
   *
   * @throws `library.nothing-to-import`, `library.read-only`, `core.invalid-argument` for what must not be moved, `io.*`
   */
  import(paths: readonly string[], options?: ImportOptions & PlacementOptions): Operation<ImportReport>;
  /**
   * Brings the library up to date with folders outside of it, whose models stay where they are. What did not change since
   * the last scan is not read again.
   *
   * @throws `io.not-found` for a folder that never was there, `core.invalid-argument` for what is no folder outside of the
   * library, `library.too-wide` for the home folder and what holds it, `library.read-only`, `io.disk-full`
   */
  scan(roots: readonly string[], options?: ScanOptions): Operation<ScanReport>;
  /** Scans now, after each change of the folders, and from time to time, until it is closed or its signal aborts. */
  watch(roots: readonly string[], options?: WatchOptions): ScanWatch;
  /** Compares what is stored with what the metadata says. Changes nothing. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
  /**
   * Computes the hashes that other tools know weights by (AutoV1, AutoV2, AutoV3, CRC-32, tensor hash) where a model lacks
   * them, and keeps them in its metadata. @throws `library.read-only`, `library.model-not-found`, `library.ambiguous-id`, `io.*`
   */
  computeHashes(options?: ComputeHashesOptions): Promise<ComputeHashesReport>;
  /**
   * Mends what a verification found, as far as the good bytes are in the library; says what has to be fetched.
   *
   * @throws `library.read-only`, `library.invalid` where a folder is a link, `io.*`, `signal.reason`
   */
  repair(found: VerifyReport, options?: RepairOptions): Promise<RepairReport>;
  /**
   * Puts what no model needs into the trash, and deletes what has been there for the grace time.
   *
   * `result` rejects with `library.corrupt-metadata` for metadata that cannot be read (whose files nobody knows),
   * `library.gc-refused`, `library.volume-absent`, `library.read-only`, `sqlite.locked` while another one runs, `io.*`.
   */
  collectGarbage(options?: GcOptions): Operation<GcReport>;
  /** The room that the library takes. Looks at every file; changes nothing. */
  usage(options?: { readonly signal?: AbortSignal | undefined }): Promise<LibraryUsage>;
  /** Reads the models on the disk and compares them with the index. Changes nothing. */
  survey(options?: { readonly signal?: AbortSignal | undefined }): Promise<SurveyReport>;
  /** Makes the index anew from the metadata. One that is damaged is set aside first. */
  rebuild(options?: { readonly signal?: AbortSignal | undefined }): Promise<RebuildReport>;
  /**
   * Takes a lock of the library: one holder at a time, of all processes that have it open. Who died holds none.
   *
   * @param name - of a file: letters, digits and `-`
   * @throws `sqlite.locked` or `io.lease-held` after `timeoutMs`; `library.read-only`, `signal.reason`
   */
  lock(name: string, options?: LockWait): Promise<VolumeLock>;
  close(): Promise<void>;
}

/**
 * Opens a library. With `mode: 'write'` it first finishes what a process that died had committed.
 *
 * @throws `library.invalid`, `core.format-newer`, `io.*`
 */
export async function openLibraryStore(options: OpenLibraryStoreOptions): Promise<LibraryStore> {
  const { io, identifier, sqlite, clock = systemClock, logger = silentLogger, mode: wantedMode = 'write' } = options;
  const root = resolve(options.root);
  const opened = await openVolume({
    root,
    mode: wantedMode,
    create: options.create ?? true,
    fileSystem: io.fileSystem,
    clock,
    lock: async ({ locks: folder }) =>
      (await openVolumeLocks({ root, folder, kind: options.locks, io, sqlite, logger })).acquire('create'),
  });
  const { file, mode } = opened;
  if (mode === 'write') await giveUpToOpen({ fileSystem: io.fileSystem, layout: opened.layout, logger });
  const { stateDir, fallbackStateDir, locks: lockKind, machineId } = options;
  const { libraryId } = file;
  const placed = await placeState({ layout: opened.layout, libraryId, mode, stateDir, fallbackStateDir, io });
  const { layout } = placed;
  const locks = await openVolumeLocks({ root, folder: layout.locks, kind: options.locks, io, sqlite, logger });
  const indexMode = placed.indexIsOwn ? 'write' : mode;
  const open = (): Promise<LibraryIndex> => openIndex({ layout, mode: indexMode, sqlite, clock, logger });
  const rebuild = (): Promise<RebuildReport> => rebuildIndex(volumes?.first ?? first);
  const mayRepair = indexMode === 'write';
  const renewable = renewableIndex({ first: await open(), open, rebuild, mayRepair, sqlite, logger });
  const { index } = renewable;
  const { fileSystem } = io;
  const syncFolder = createFolderSync((folder) => fileSystem.fsyncFolder(folder));
  const state = createStateDatabase({ layout, sqlite, logger });
  const first: StoreContext = {
    layout,
    volume: file,
    state,
    fileSystem,
    io,
    syncFolder,
    identifier,
    sqlite,
    locks,
    index,
    clock,
    logger,
  };
  let uses: ModelUse | null = null;
  const close = async (): Promise<void> => {
    try {
      await uses
        ?.close()
        .catch((error: unknown) => logger.warn('uses of models were not noted', { error: String(error) }));
      await state.close();
    } finally {
      await index.close();
    }
  };
  let recovery: RecoveryReport | null = null;
  let volumes: Awaited<ReturnType<typeof openVolumeSet>>;
  try {
    volumes = await openVolumeSet({ first, mode, lockKind, machineId });
    const isBehind = mode === 'write' && (await isNewerIndexThere(fileSystem, layout));
    // What other machines have done in the meantime is in the metadata only.
    if (index.needsRebuild || isBehind || placed.indexIsOwn) await rebuildIndex(volumes.first);
    if (mode === 'write') recovery = await volumes.recover();
  } catch (error) {
    await close();
    throw error;
  }
  const context = volumes.first;

  const forWriting = (): void => {
    if (mode === 'write') return;
    throw new ModelkeepError('library.read-only', {
      message: `the library ${root} is open for reading only`,
      facts: { root },
      // Who asked for writing did not get it from a library that a newer version has kept for itself.
      hint: wantedMode === 'write' ? 'a newer modelkeep works on it: update this one' : "open it with mode 'write'",
    });
  };
  const { use, ...room } = createRoom(volumes, forWriting, mode);
  uses = use;
  const scan: LibraryStore['scan'] = (roots, scanOptions) =>
    scanRoots(context, roots, { ...scanOptions, before: forWriting });

  return {
    root,
    libraryId,
    mode,
    layout,
    stateFile: mode === 'write' || placed.stateIsOwn ? layout.stateFile : null,
    index,
    recovery,
    ...createModelKeeping(volumes, libraryId, forWriting),
    ...createVolumeKeeping(volumes, { machineId, lockKind, forWriting }),
    ...createModelSourcing(context, forWriting),
    ...createRevisions(context, forWriting),
    ...room,
    folderOf: (model) => modelFolder(volumes.layoutOf(model), model),
    withPlaces: (models) => withPlacesOnAll(volumes, models),
    resolve: (reference) => resolveReference(index, reference),
    findContents: (wanted, { signal } = {}) => findInAll(volumes, wanted, signal),
    roomFor: (files, roomOptions) => roomForFiles(volumes, files, roomOptions),
    async begin(files, beginOptions = {}) {
      forWriting();
      refuseUnsafeNames(files.map(({ name }) => name));
      const sizeBytes = files.reduce((sum, one) => sum + (one.sizeBytes ?? 0), 0);
      const sha256s = files.flatMap(({ sha256 }) => sha256 ?? []);
      const chosen = await chooseVolume(volumes, { ...beginOptions, sizeBytes, sha256s, files });
      return beginOn(chosen, files, { ...beginOptions, online: volumes.online() });
    },
    import(paths, importOptions = {}) {
      const volumeFor = (set: ImportSet): Promise<StoreContext> => volumeForSet(volumes, set, importOptions);
      return importPaths(context, paths, { ...importOptions, volumeFor, before: forWriting });
    },
    scan,
    watch: (roots, watchOptions) => watchRoots(context, (scanOptions) => scan(roots, scanOptions), roots, watchOptions),
    verify: (verifyOptions) => verifyAll(volumes, verifyOptions),
    async computeHashes(hashOptions) {
      forWriting();
      return computeHashesOfAll(volumes, hashOptions);
    },
    async repair(found, repairOptions) {
      forWriting();
      return repairAll(volumes, found, repairOptions);
    },
    collectGarbage: (gcOptions) => collectAll(volumes, { ...gcOptions, before: forWriting }),
    usage: ({ signal } = {}) => usageOfAll(volumes, signal),
    survey: ({ signal } = {}) => surveyModels(context, signal),
    async rebuild({ signal } = {}) {
      forWriting();
      if (await renewable.renewIfDamaged())
        logger.warn('the index was damaged: it is set aside and made anew', { root });
      await volumes.refresh();
      return rebuildIndex(context, signal);
    },
    async lock(name, lockOptions) {
      forWriting();
      return locks.acquire(name, lockOptions);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
