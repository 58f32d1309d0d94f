import type { Clock, HttpTransport, Logger, Metrics } from '@modelkeep/core';
import type { SecretStore } from '@modelkeep/fleet';
import type { DriveOverride } from '@modelkeep/io';
import type { ServersOptions } from '../servers/library-servers.ts';
import type { OpenShared } from '../shared/open-shared.ts';
import type { DownloadLimits } from './open-transfers.ts';

/** The hub that a library downloads from. */
export interface HubOptions {
  /** @default 'https://huggingface.co' */
  readonly endpoint?: string | undefined;
  /**
   * Sent to the endpoint's exact origin and to no other; of any shape. A function is asked before each request. Null
   * sends none, whatever the environment says.
   */
  readonly token?: string | (() => string | undefined) | null | undefined;
  /** Makes no request at all. @default false */
  readonly offline?: boolean | undefined;
}

/** The Civitai that a library asks. */
export interface CivitaiOptions {
  /** @default 'https://civitai.com' */
  readonly endpoint?: string | undefined;
  /**
   * Sent to the endpoint's exact origin and to no other, least of all to the storage that downloads redirect to. A function
   * is asked before each request. Null sends none, whatever the environment says.
   */
  readonly apiKey?: string | (() => string | undefined) | null | undefined;
}

/** What opening a library needs. */
export interface OpenWorkspaceOptions {
  /** The library's folder. */
  readonly root: string;
  /** `read` works on a read-only drive. @default 'write' */
  readonly mode?: 'read' | 'write' | undefined;
  /** Whether an empty or missing folder becomes a library. @default true */
  readonly create?: boolean | undefined;
  /**
   * A folder of this machine for what is known of the library on it alone: links into apps, hashes of files outside; and for
   * the index where it cannot be in the library. Any number of libraries may share it. @default in the library
   */
  readonly stateDir?: string | undefined;
  /** The same, but only where the library is on a network file system, or on a drive that is read-only. @default none */
  readonly fallbackStateDir?: string | undefined;
  readonly hub?: HubOptions | undefined;
  readonly civitai?: CivitaiOptions | undefined;
  /** The way to the network. @default undici */
  readonly transport?: HttpTransport | undefined;
  /** Private origins that may be asked beside that of the hub's endpoint, or `all`. @default none */
  readonly privateOrigins?: readonly string[] | 'all' | undefined;
  /** The proxy for a URL, or undefined; not for a `transport` that is passed in. @default none */
  readonly proxyFor?: ((url: string) => string | undefined) | undefined;
  /** Certificates in PEM form that are trusted beside the system's; not for a `transport` that is passed in. */
  readonly certificateAuthorities?: readonly string[] | undefined;
  readonly downloads?: DownloadLimits | undefined;
  /** What is known better of some drives than the system tells. */
  readonly drives?: readonly DriveOverride[] | undefined;
  /** A folder of translation configs for apps, `<app>_<appversion>_<modelconfig>.json`, absolute. */
  readonly translationFolder?: string | undefined;
  /** Where tokens are kept that a person sets. @default files that only their owner may read, beside the state */
  readonly secretStore?: SecretStore | undefined;
  /** How the library takes part in a fleet of servers. */
  readonly servers?: ServersOptions | undefined;
  /** Opens what several machines share. @default what the processes of this machine share */
  readonly openShared?: OpenShared | undefined;
  /** Whether this process does the library's jobs, its own and those of others. @default false */
  readonly runJobs?: boolean | undefined;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
  readonly metrics?: Metrics | undefined;
}
