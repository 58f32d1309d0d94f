import type { Clock, HttpTransport, Logger, Metrics } from '@modelkeep/core';
import type {
  CivitaiOptions,
  DownloadLimits,
  DriveOverride,
  HubOptions,
  ServersOptions,
  SecretStore,
} from '@modelkeep/workflows';

/** The Postgres that several machines share. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Where the tables are. @default the environment's `MODELKEEP_DATABASE_SCHEMA`, else 'modelkeep' */
  readonly schema?: string | undefined;
  /**
   * What tokens are encrypted with: 32 bytes, or a passphrase of 16 characters or more, the same on every machine.
   * @default the environment's `MODELKEEP_TOKEN_KEY`; without it no token is kept in the database
   */
  readonly tokenKey?: Uint8Array | string | undefined;
}

/** How a library is opened. What is not given is taken from the environment. */
export interface OpenLibraryOptions {
  /** The library's folder. @default the environment's `MODELKEEP_ROOT` */
  readonly root?: string | undefined;
  /** `read` works on a read-only drive and changes nothing. @default 'write' */
  readonly mode?: 'read' | 'write' | undefined;
  /** Whether an empty or missing folder becomes a library. @default true */
  readonly create?: boolean | undefined;
  /**
   * A folder of this machine for what belongs to it alone: the record of links into apps, hashes of files outside, and the
   * index where it cannot be in the library. Any number of libraries may share it.
   * @default in the library; where that is on a network file system or a read-only drive, in the user's folder for the data
   * of apps
   */
  readonly stateDir?: string | undefined;
  /**
   * What is not given is taken from the environment: `HF_ENDPOINT`, `HF_HUB_OFFLINE`, and the token from `HF_TOKEN` or
   * the file of the official client (`HF_TOKEN_PATH`, `HF_HOME`), unless `HF_HUB_DISABLE_IMPLICIT_TOKEN` is set.
   * @default the public hub, without a token
   */
  readonly hub?: HubOptions | undefined;
  /**
   * What is not given is taken from the environment: `CIVITAI_ENDPOINT`, and the key from `CIVITAI_API_KEY`.
   * @default the public site, without a key
   */
  readonly civitai?: CivitaiOptions | undefined;
  /** How many files and connections at once, and how fast. */
  readonly downloads?: DownloadLimits | undefined;
  /**
   * What is known better of some drives than the system tells: that one is a hard disk, how many operations at once it
   * likes. @default what the system tells
   */
  readonly drives?: readonly DriveOverride[] | undefined;
  /** The way to the network, for embedders with a stack of their own. @default undici */
  readonly transport?: HttpTransport | undefined;
  /**
   * Origins such as `http://192.168.1.5:8080` that may be asked though they are loopback, private or otherwise special
   * addresses, or `all`. The origin of `hub.endpoint` needs no grant. Through a proxy or a `transport` of one's own only
   * the host is judged, not what it is looked up to. @default none
   */
  readonly privateOrigins?: readonly string[] | 'all' | undefined;
  /**
   * The proxy for a URL, such as `http://user:password@proxy.example:3128`, or undefined. Not for a `transport` of one's
   * own. @default the environment's `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`
   */
  readonly proxyFor?: ((url: string) => string | undefined) | undefined;
  /** Certificates in PEM form that are trusted beside the system's. Not for a `transport` of one's own. */
  readonly certificateAuthorities?: readonly string[] | undefined;
  /**
   * A folder of translation configs for apps, `<app>_<appversion>_<modelconfig>.json`: where models go from a version of an
   * app on. @default none; the profiles of the apps decide
   */
  readonly translationFolder?: string | undefined;
  /** How the library takes part in a fleet of servers. @default by its own id, with the servers of this machine */
  readonly servers?: ServersOptions | undefined;
  /**
   * A Postgres that several machines share: what they know of each other and of what they need. Null: none, whatever the
   * environment says. It takes the package `@modelkeep/postgres`.
   * @default the environment's `DATABASE_URL` where it begins with `postgres://` or `postgresql://`; else none, and what the
   * processes of this machine share is in files
   */
  readonly database?: DatabaseOptions | null | undefined;
  /** Whether this process does the library's jobs, its own and those of others. @default false */
  readonly runJobs?: boolean | undefined;
  /**
   * Where tokens are kept that a person sets: the keychain of the system, Electron's `safeStorage`.
   * @default files that only their owner may read, beside the state
   */
  readonly secretStore?: SecretStore | undefined;
  /** @default the clock of the system */
  readonly clock?: Clock | undefined;
  /** @default says nothing */
  readonly logger?: Logger | undefined;
  /** Where it says how much it does: attempts at jobs, jobs that wait, bytes, servers that fail. @default nowhere */
  readonly metrics?: Metrics | undefined;
  /** Variables to read instead of those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}
