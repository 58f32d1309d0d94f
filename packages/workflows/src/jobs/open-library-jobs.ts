import type { Metrics } from '@modelkeep/core';
import type { JobRunner, JobStore } from '@modelkeep/jobs';
import type { Io } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import type { Sqlite } from '@modelkeep/sqlite';
import { tellQueue } from '../metrics/tell-queue.ts';
import type { Courier } from '../webhooks/create-courier.ts';
import type { LibraryWebhooks } from '../webhooks/library-webhooks.ts';
import { openWebhooks } from '../webhooks/open-webhooks.ts';
import type { Closing } from '../workspace/closing.ts';
import type { OpenWorkspaceOptions } from '../workspace/open-workspace-options.ts';
import { createLibraryJobs, startLibraryRunner, type LibraryJobsContext } from './create-library-jobs.ts';
import { createDriveLanes } from './drive-lanes.ts';
import type { LibraryJobs } from './library-jobs.ts';
import { openOwnJobs } from './open-jobs.ts';

/** @internal The jobs of a library, who does them here, and who is told of them. */
export interface OpenLibraryJobs {
  readonly jobs: LibraryJobs;
  readonly webhooks: LibraryWebhooks;
  /** With `runJobs` begins to work: once there is a library to work on. */
  start(): Promise<void>;
  /** Hands back what this process works on, and tells nobody any more. */
  stop(drainMs: number): Promise<void>;
}

/** @internal */
export interface OpenLibraryJobsContext extends Omit<LibraryJobsContext, 'open' | 'courier' | 'lanes' | 'metrics'> {
  readonly metrics: Metrics;
  readonly store: LibraryStore;
  readonly io: Io;
  readonly sqlite: Sqlite;
  /** The queue of several machines. */
  readonly shared: JobStore | undefined;
}

/** @internal Opens nothing yet. */
export function openLibraryJobs(
  context: OpenLibraryJobsContext,
  options: OpenWorkspaceOptions,
  closing: Closing,
): OpenLibraryJobs {
  const { store, io, sqlite, clock, logger, metrics, join } = context;
  const ownJobs = openOwnJobs(context);
  const open = (): Promise<JobStore> => ownJobs.open();
  closing.add(() => ownJobs.close());
  if (options.metrics !== undefined && store.stateFile !== null) {
    closing.add(tellQueue({ metrics, open, clock, logger }));
  }
  const { secretStore, privateOrigins, transport, proxyFor, certificateAuthorities } = options;
  const receivers = openWebhooks({
    store,
    sqlite,
    jobs: open,
    secretStore,
    privateOrigins,
    offline: options.hub?.offline === true,
    transport,
    proxyFor,
    certificateAuthorities,
    join,
    clock,
    logger,
    metrics,
  });
  closing.add(() => receivers.close());
  const working = {
    ...context,
    open,
    courier: () => receivers.courier(),
    lanes: createDriveLanes({ store, io, clock, logger }),
  };
  let runner: JobRunner | undefined;
  let courier: Courier | null = null;
  return {
    jobs: createLibraryJobs(working),
    webhooks: receivers.webhooks,
    async start() {
      if (options.runJobs !== true) return;
      courier = await receivers.courier();
      runner = startLibraryRunner(working, await open());
      courier?.start();
    },
    async stop(drainMs) {
      await runner?.close({ drainMs });
      await courier?.close();
    },
  };
}
