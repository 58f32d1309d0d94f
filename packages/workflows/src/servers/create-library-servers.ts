import {
  awaitServer,
  checkRequirements,
  findSubstitutes,
  trackRequirements,
  type Servers,
  type SyncReport,
} from '@modelkeep/fleet';
import type { Clock, Logger } from '@modelkeep/core';
import type { Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { Download } from '../acquire/download.ts';
import type { PlanDownloadOptions } from '../acquire/plan-download.ts';
import type { LibraryJobs } from '../jobs/library-jobs.ts';
import type { RunningOperations } from '../workspace/running-operations.ts';
import { answerBlobs } from './answer-blobs.ts';
import { fetchFromPeers } from './fetch-from-peers.ts';
import { keepCopies } from './keep-copies.ts';
import type { LibraryServers, SyncInventoryOptions } from './library-servers.ts';
import { planPeerDownload } from './plan-peer-download.ts';
import { serveLibrary } from './serve-library.ts';
import { syncLibrary } from './sync-library.ts';

/** @internal */
export interface LibraryServersContext {
  readonly store: LibraryStore;
  readonly io: Pick<Io, 'readPieces'>;
  readonly servers: Servers;
  readonly ownId: string;
  readonly hubEndpoint: string;
  readonly planDownload: (reference: string, options: PlanDownloadOptions) => Promise<DownloadPlan>;
  readonly download: (plan: DownloadPlan, signal: AbortSignal | undefined) => Download;
  readonly jobs: Pick<LibraryJobs, 'submit'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** @internal */
export function createLibraryServers(context: LibraryServersContext, operations: RunningOperations): LibraryServers {
  const { servers, ownId } = context;
  const join = <T extends { readonly signal?: AbortSignal | undefined }>(options: T): T & { signal: AbortSignal } => ({
    ...options,
    signal: operations.join(options.signal),
  });
  let corrupt: readonly string[] = [];
  const sync = (options: SyncInventoryOptions): Promise<SyncReport> => {
    corrupt = options.corrupt ?? corrupt;
    return syncLibrary(context, { ...options, corrupt });
  };
  return {
    ...servers,
    watch: (options = {}) => servers.watch(join(options)),
    ownId,
    syncInventory: (options = {}) => sync(join(options)),
    async serve(options = {}) {
      const serving = await serveLibrary({ ...context, sync }, join(options));
      void operations.track({ result: serving.ended });
      return serving;
    },
    checkRequirements: (options) => checkRequirements(servers, join(options)),
    trackRequirements: (options) => trackRequirements(servers, join(options)),
    awaitServer: (options) => awaitServer(servers, join(options)),
    planFetch: (sha256, options = {}) => planPeerDownload(context, sha256, operations.join(options.signal)),
    fetch: (sha256, options = {}) =>
      fetchFromPeers(
        {
          ...context,
          plan: (wanted, signal) => planPeerDownload(context, wanted, signal),
          sync: (signal) => sync({ signal }),
        },
        sha256,
        join(options),
      ),
    async keepCopies(options) {
      const keeping = await keepCopies(context, join(options));
      void operations.track({ result: keeping.ended });
      return keeping;
    },
    answerBlobs: (options) => answerBlobs(context, options),
    findSubstitutes: (sha256, options = {}) => findSubstitutes(servers, sha256, join(options)),
  };
}
