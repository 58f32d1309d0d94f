import { silentLogger, systemClock } from '@modelkeep/core';
import { createIdentifier } from '@modelkeep/formats';
import { createLookup } from '@modelkeep/hf-client';
import { createIo, type Io } from '@modelkeep/io';
import { findDuplicates, openLibraryStore, shareDuplicates } from '@modelkeep/library';
import type { SharedState } from '@modelkeep/fleet';
import type { Mapper } from '@modelkeep/mapper';
import { createSqlite } from '@modelkeep/sqlite';
import { createAddressBook } from '../acquire/address-book.ts';
import type { DownloadContext } from '../acquire/download-types.ts';
import { download } from '../acquire/download.ts';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import { planDownload, planFilesAt, type PlanDownloadOptions } from '../acquire/plan-download.ts';
import { createScanning } from '../enrich/scanning.ts';
import { enrichLibrary } from '../enrich/enrich-library.ts';
import { makeRoom } from '../evict/make-room.ts';
import { createRoomKeeping } from '../evict/room-keeping.ts';
import { findBySha256In } from '../identify/find-by-sha256.ts';
import { identifyAnything } from '../identify/identify-anything.ts';
import { identifyRemote } from '../identify/identify-remote.ts';
import { openLibraryJobs } from '../jobs/open-library-jobs.ts';
import { createKeeping } from '../keep/keeping.ts';
import { createLinking } from '../link/linking.ts';
import { lookupFile } from '../lookup/lookup-file.ts';
import { createTidying } from '../maintain/tidying.ts';
import { diagnose } from '../maintain/diagnose.ts';
import { createMending } from '../maintain/mending.ts';
import { computeHashes } from '../maintain/compute-hashes.ts';
import { quietMetrics } from '../metrics/quiet-metrics.ts';
import { createMigrating } from '../migrate/migrating.ts';
import { createLibraryRepos } from '../repos/create-library-repos.ts';
import { createSearching } from '../search/searching.ts';
import { createLibraryServers } from '../servers/create-library-servers.ts';
import { openFleet } from '../servers/open-fleet.ts';
import { createDeclaring } from '../state/declaring.ts';
import { openState } from '../state/open-state.ts';
import { createTokenKeeping } from '../state/token-keeping.ts';
import { createTreeStore } from '../trees/tree-store.ts';
import { newVersions } from '../update/new-versions.ts';
import { createUpdating } from '../update/updating.ts';
import { createImporting } from '../volumes/importing.ts';
import { followMoved } from '../volumes/follow-moved.ts';
import { relinkModel } from '../volumes/relink-model.ts';
import { createVolumes } from '../volumes/volumes.ts';
import { createClosing, type Closing } from './closing.ts';
import { openMapper } from './open-mapper.ts';
import { openNetwork } from './open-network.ts';
import { openForReading } from './open-for-reading.ts';
import { openTransfers } from './open-transfers.ts';
import type { OpenWorkspaceOptions } from './open-workspace-options.ts';
import { createRunningOperations } from './running-operations.ts';
import type { Workspace } from './workspace.ts';

/**
 * Opens a library with all that works on it. What a process that died had committed is finished first.
 *
 * @throws `library.invalid`, `core.format-newer`, `sqlite.*`, `io.*`
 */
export function openWorkspace(options: OpenWorkspaceOptions): Promise<Workspace> {
  const { logger, drives } = options;
  return openWorkspaceOn(createIo({ logger, drives }), options);
}

/** @internal The same, on drives that may be those of a test; they are closed with it. */
export async function openWorkspaceOn(io: Io, options: OpenWorkspaceOptions): Promise<Workspace> {
  const closing = createClosing();
  closing.add(() => io.close());
  try {
    return await assemble(io, options, closing);
  } catch (error) {
    // What failed to open is the news, not what then failed to close.
    await closing.closeAll().catch(() => {});
    throw error;
  }
}

async function assemble(io: Io, options: OpenWorkspaceOptions, closing: Closing): Promise<Workspace> {
  const { clock = systemClock, logger = silentLogger, hub: hubOptions = {} } = options;
  const sqlite = createSqlite({ logger });
  closing.add(() => sqlite.close());
  const identifier = createIdentifier();
  closing.add(() => identifier.close());
  const { root, mode, create, stateDir, fallbackStateDir } = options;
  const state = { stateDir, fallbackStateDir };
  const store = await openLibraryStore({ root, mode, create, ...state, io, identifier, sqlite, clock, logger });
  closing.add(() => store.close());
  await store.keepSpareRoom();
  const { secretStore } = options;
  const engine = await options.openShared?.({ libraryId: store.libraryId, clock, logger });
  const shared = engine ?? (await openState({ store, sqlite, secretStore, clock, logger }));
  if (shared !== null) closing.add(() => shared.state.close());
  const metrics = quietMetrics(options.metrics, logger);
  const network = openNetwork(
    { store, fileSystem: io.fileSystem, stored: shared?.tokenValues, metrics, clock, logger },
    options,
    closing,
  );
  const { http, hub, civitai, hubEndpoint, civitaiEndpoint } = network;
  const transfers = openTransfers({ http, io, clock, logger, metrics }, options.downloads);
  closing.add(() => transfers.close());
  const { translationFolder } = options;
  const { mapper, links } = await openMapper({ store, sqlite, io, translationFolder, logger });
  const relinking = { store, mapper, fileSystem: io.fileSystem };
  await followMoved({ ...relinking, logger });
  const readOnly = store.mode === 'read';
  const serversOptions = { store: engine?.servers, ...options.servers };
  const fleet = openFleet({ store, sqlite, fileSystem: io.fileSystem, clock, logger }, serversOptions);
  closing.add(() => fleet.close());
  const trees = createTreeStore({ fileSystem: io.fileSystem, folder: store.layout.trees, sqlite, readOnly, logger });
  closing.add(() => trees.close());
  const lookup = createLookup({ hub, trees, clock, logger });
  const enriching = {
    store,
    civitai,
    lookup,
    trees,
    http,
    identifier,
    fileSystem: io.fileSystem,
    hubMisses: network.hubMisses,
    previewMisses: network.previewMisses,
    clock,
    logger,
  };
  const findBySha256 = findBySha256In(store);
  const identifying = { ...network, identify: identifier.identifySources, identifier, lookup, findBySha256, io };
  const operations = createRunningOperations((ms, signal) => clock.sleep(ms, signal));

  const { leaving } = operations;
  const maxConnections = options.downloads?.connections;
  const addresses = createAddressBook();
  const planning = { http, hub, civitai, store, trees, addresses, clock, logger };
  const plan = (reference: string, request: PlanDownloadOptions): Promise<DownloadPlan> =>
    planDownload(planning, reference, request);
  const downloading: DownloadContext = {
    http,
    hub,
    civitai,
    store,
    transfers,
    addresses,
    maxConnections,
    leaving,
    clock,
    logger,
    describe: (plan, signal) => newVersions(store, plan, signal),
    onTakenIn: async ({ id }, signal) => void (await relinkModel(relinking, id, signal)),
    identify: identifier.identifySources,
    makeRoom: (room, signal) => makeRoom({ store, links, hub, civitai, http, fleet }, room, signal),
  };

  const stateNow = (): SharedState => {
    if (shared !== null) return shared.state;
    throw openForReading(store.root, 'what processes share cannot be had');
  };
  const mapping = (): Mapper => {
    if (mapper !== null) return mapper;
    throw openForReading(store.root, 'links cannot be managed');
  };
  const working = openLibraryJobs(
    {
      store,
      io,
      sqlite,
      shared: engine?.jobs,
      workspace: () => workspace,
      hubEndpoint,
      join: (signal) => operations.join(signal),
      clock,
      logger,
      metrics,
    },
    options,
    closing,
  );
  let closed: Promise<void> | undefined;
  const closeAll = async (drainMs: number): Promise<void> => {
    // The worker first: it hands back its jobs, which end their operations.
    await working.stop(drainMs);
    await operations.drain(drainMs);
    await closing.closeAll();
  };
  const close: Workspace['close'] = ({ drainMs = 0 } = {}) => (closed ??= closeAll(drainMs));

  const workspace: Workspace = {
    jobs: working.jobs,
    webhooks: working.webhooks,
    ...createUpdating({ ...downloading, mapper, links, trees, io }, operations),
    ...createVolumes(relinking, operations),
    ...createImporting(relinking, operations),
    ...createTidying(relinking, operations),
    ...createScanning(enriching, operations),
    ...createRoomKeeping({ ...downloading, links, http, fleet }, operations),
    ...createKeeping({ store, mapper, links, fileSystem: io.fileSystem, join: (signal) => operations.join(signal) }),
    ...createMigrating({
      store,
      sqlite,
      io,
      servers: fleet.servers,
      stateNow,
      endpoints: { hub: hubEndpoint, civitai: civitaiEndpoint },
      join: (signal) => operations.join(signal),
      track: (operation) => operations.track(operation),
    }),
    ...createSearching({ store, links, logger, join: (signal) => operations.join(signal) }),
    ...createLinking({
      store,
      mapping,
      links,
      fileSystem: io.fileSystem,
      clock,
      join: (signal) => operations.join(signal),
      track: (operation) => operations.track(operation),
    }),
    servers: createLibraryServers(
      {
        ...fleet,
        store,
        io,
        jobs: working.jobs,
        hubEndpoint,
        planDownload: plan,
        download: (plan, signal) => operations.track(download(downloading, plan, { signal })),
        clock,
        logger,
      },
      operations,
    ),
    ...createDeclaring(
      {
        stateNow,
        store,
        trees,
        io,
        fileSystem: io.fileSystem,
        hubEndpoint,
        plan,
        download: (plan, request) => download(downloading, plan, request),
        clock,
        logger,
      },
      operations,
    ),
    repos: createLibraryRepos(
      {
        ...planning,
        stateNow,
        transfers,
        fileSystem: io.fileSystem,
        plan: (files) => planFilesAt(planning, files),
        download: (plan, request) => download(downloading, plan, request),
      },
      operations,
    ),
    tokens: createTokenKeeping(
      { stateNow, hub, civitaiOrigin: new URL(civitaiEndpoint).origin, given: hubOptions.token },
      operations,
    ),
    shared: shared?.state ?? null,
    root: store.root,
    mode: store.mode,
    recovery: store.recovery,
    planDownload: (reference, request = {}) => plan(reference, { ...request, signal: operations.join(request.signal) }),
    identifyRemote: (reference, { signal, ...request } = {}) =>
      identifyRemote(identifying, reference, { ...request, signal: operations.join(signal) }),
    download: (plan, request = {}) =>
      operations.track(download(downloading, plan, { ...request, signal: operations.join(request.signal) })),
    setMaxBytesPerSecond: (bytesPerSecond) => transfers.setMaxBytesPerSecond(bytesPerSecond),
    get: (reference) => store.resolve(reference),
    findByPath: (path, { signal } = {}) => store.findByPath(path, { signal: operations.join(signal) }),
    lookup: (query, { offline = hubOptions.offline, signal, ...request } = {}) =>
      operations.track(
        lookupFile({ lookup, store, io }, query, { ...request, offline, signal: operations.join(signal) }),
      ),
    identify: (pathOrReference, { offline = hubOptions.offline, signal, ...request } = {}) =>
      operations.track(
        identifyAnything(identifying, pathOrReference, { ...request, offline, signal: operations.join(signal) }),
      ),
    enrich: ({ offline = hubOptions.offline, signal, ...request } = {}) =>
      operations.track(enrichLibrary(enriching, { ...request, offline, signal: operations.join(signal) })),
    folderOf: (model) => store.folderOf(model),
    ...createMending({ ...downloading, io, shared, relinking, repos: () => workspace.repos }, operations),
    findDuplicates: (folder, request = {}) =>
      operations.track(findDuplicates(io, folder, { ...request, signal: operations.join(request.signal) })),
    shareDuplicates: (found, request = {}) =>
      operations.track(shareDuplicates(io, found, { ...request, signal: operations.join(request.signal) })),
    usage: (request) => store.usage(request),
    computeHashes: (request = {}) =>
      operations.track(computeHashes(store, { ...request, signal: operations.join(request.signal) })),
    rebuildIndex: (request) => store.rebuild(request),
    checkPlace: (path, request) => io.checkPlace(path, request),
    diagnose: ({ signal } = {}) => diagnose({ store, io, sqlite, links }, signal),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
  await working.start();
  return workspace;
}
