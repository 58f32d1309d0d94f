import { noMetrics, silentLogger, systemClock, type Clock, type Logger, type Operation } from '@modelkeep/core';
import { createIdentifier } from '@modelkeep/formats';
import { createLookup, type TreeStore } from '@modelkeep/hf-client';
import { createIo } from '@modelkeep/io';
import { createClosing } from '../workspace/closing.ts';
import { createRunningOperations } from '../workspace/running-operations.ts';
import { openClients, type NetworkOptions } from '../workspace/open-network.ts';
import type { FileIdentification, IdentifyFileOptions } from './file-identification.ts';
import { identifyAnything } from './identify-anything.ts';

/** What {@link openFileIdentifier} works with. */
export interface OpenFileIdentifierOptions extends NetworkOptions {
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/** Tells what files and folders are, without a library. */
export interface FileIdentifier extends AsyncDisposable {
  /** As that of a library, whose models it does not know: `models` is empty. */
  identify(pathOrReference: string, options?: IdentifyFileOptions): Operation<FileIdentification>;
  /** What still runs is cancelled. */
  close(): Promise<void>;
}

/** Nothing is remembered of what sites have. */
const noTrees: TreeStore = {
  get: async () => null,
  put: async () => {},
  findByHash: async () => [],
  findByFileName: async () => [],
};

/** Opens what tells of files without a library. Nothing is written, and no request is made yet. */
export function openFileIdentifier(options: OpenFileIdentifierOptions = {}): FileIdentifier {
  const { clock = systemClock, logger = silentLogger } = options;
  const offlineOfAll = options.hub?.offline;
  const closing = createClosing();
  const io = createIo({ logger });
  closing.add(() => io.close());
  const identifier = createIdentifier();
  closing.add(() => identifier.close());
  const context = { stored: undefined, metrics: noMetrics, cache: undefined, missesOf: () => undefined, clock, logger };
  const { http, hub, civitai } = openClients(context, options, closing);
  const lookup = createLookup({ hub, trees: noTrees, clock, logger });
  const identifying = {
    http,
    hub,
    civitai,
    identifier,
    identify: identifier.identifySources,
    lookup,
    findBySha256: async () => [],
    io,
  };
  const operations = createRunningOperations((ms, signal) => clock.sleep(ms, signal));
  closing.add(() => operations.drain(0));
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closing.closeAll());
  return {
    identify: (pathOrReference, { offline = offlineOfAll, signal } = {}) =>
      operations.track(identifyAnything(identifying, pathOrReference, { offline, signal: operations.join(signal) })),
    close,
    [Symbol.asyncDispose]: close,
  };
}
