import { join } from 'node:path';
import type { Clock, Logger, Metrics } from '@modelkeep/core';
import {
  cachedMisses,
  createCivitaiClient,
  defaultCivitaiEndpoint,
  type CivitaiClient,
  type MissStore,
} from '@modelkeep/civitai-client';
import type { TokenValues } from '@modelkeep/fleet';
import { createHubClient, defaultEndpoint, type HubClient } from '@modelkeep/hf-client';
import type { FileSystem } from '@modelkeep/io';
import type { LibraryStore } from '@modelkeep/library';
import { createHttpClient, type HttpCacheOptions, type HttpClient } from '@modelkeep/network';
import { createDiskCacheStore } from '../cache/disk-cache-store.ts';
import { tellCircuits } from '../metrics/tell-circuits.ts';
import { credentialsOf } from '../state/credentials.ts';
import { answerCache, grantedOrigins } from './answers-and-grants.ts';
import type { Closing } from './closing.ts';
import { offlineTransport } from './offline-transport.ts';
import type { OpenWorkspaceOptions } from './open-workspace-options.ts';

/** @internal What others are asked with. */
export interface OpenClients {
  readonly http: HttpClient;
  readonly hub: HubClient;
  readonly civitai: CivitaiClient;
  readonly hubEndpoint: string;
  readonly civitaiEndpoint: string;
}

/** @internal What a library asks others with, and what it remembers that they do not have. */
export interface OpenNetwork extends OpenClients {
  readonly hubMisses: MissStore;
  readonly previewMisses: MissStore;
}

/** @internal */
export interface OpenNetworkContext {
  readonly store: LibraryStore;
  readonly fileSystem: FileSystem;
  /** Tokens that a person has set. */
  readonly stored: TokenValues | undefined;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What says how others are asked. */
export type NetworkOptions = Pick<
  OpenWorkspaceOptions,
  'hub' | 'civitai' | 'transport' | 'privateOrigins' | 'proxyFor' | 'certificateAuthorities'
>;

/** @internal */
export interface OpenClientsContext extends Pick<OpenNetworkContext, 'stored' | 'metrics' | 'clock' | 'logger'> {
  /** Where answers are kept; undefined for nowhere. */
  readonly cache: HttpCacheOptions | undefined;
  /** What Civitai is known not to have, by its address. */
  readonly missesOf: (civitaiEndpoint: string) => MissStore | undefined;
}

/** @internal Makes no request yet. */
export function openNetwork(
  { store, fileSystem, ...context }: OpenNetworkContext,
  options: OpenWorkspaceOptions,
  closing: Closing,
): OpenNetwork {
  const cache = createDiskCacheStore({ fileSystem, folder: join(store.layout.private, 'misses') });
  const missesOf = (endpoint: string): MissStore | undefined =>
    store.mode === 'read' ? undefined : cachedMisses(cache, endpoint);
  const clients = openClients({ ...context, cache: answerCache(store, fileSystem), missesOf }, options, closing);
  return {
    ...clients,
    hubMisses: cachedMisses(cache, clients.hubEndpoint),
    previewMisses: cachedMisses(cache, 'previews'),
  };
}

/** @internal Makes no request yet. */
export function openClients(
  { cache, missesOf, stored, metrics, clock, logger }: OpenClientsContext,
  options: NetworkOptions,
  closing: Closing,
): OpenClients {
  const { endpoint: hubEndpoint = defaultEndpoint, token, offline = false } = options.hub ?? {};
  const { endpoint: civitaiEndpoint = defaultCivitaiEndpoint, apiKey } = options.civitai ?? {};
  const http = createHttpClient({
    cache: offline ? undefined : cache,
    transport: offline ? offlineTransport : options.transport,
    privateOrigins: grantedOrigins(options),
    proxyFor: options.proxyFor,
    certificateAuthorities: options.certificateAuthorities,
    credentialsFor: credentialsOf({
      given: [
        { origin: new URL(hubEndpoint).origin, token },
        { origin: new URL(civitaiEndpoint).origin, token: apiKey },
      ],
      stored,
    }),
    clock,
    logger,
  });
  closing.add(() => http.close());
  const stopCircuits = tellCircuits(metrics, http.circuits);
  closing.add(async () => stopCircuits());
  return {
    http,
    hub: createHubClient({ http, endpoint: hubEndpoint }),
    civitai: createCivitaiClient({ http, endpoint: civitaiEndpoint, misses: missesOf(civitaiEndpoint), clock }),
    hubEndpoint,
    civitaiEndpoint,
  };
}
