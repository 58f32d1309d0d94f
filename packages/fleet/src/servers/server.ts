/** What a server can hold and run, as far as it says. Null: it does not say. */
export interface ServerCapacity {
  /** Jobs that it runs at once. */
  readonly slots: number | null;
  /** Memory that a model may take there, of the GPU where there is one. */
  readonly memoryBytes: number | null;
  /** Room that is free for models. */
  readonly freeBytes: number | null;
  /** How fast it fetches; what was measured there counts more. */
  readonly bytesPerSecond: number | null;
  /** Families that its program runs, such as `flux1` and `sdxl`; null: any. */
  readonly families: readonly string[] | null;
  /** The version of its program, such as `0.3.40`. */
  readonly version: string | null;
}

/** What a server says about itself. */
export interface ServerRegistration {
  /** 1 to 128 letters, digits, `.`, `_` and `-`; begins with a letter or digit. It stays the same across restarts. */
  readonly id: string;
  /** For people; at most 256 characters. @default the id */
  readonly name?: string | undefined;
  /**
   * To choose servers by, such as `{ zone: 'eu' }`; at most 64, of 64 and 256 characters. For warnings `memory` (`24GB`, `24GiB`
   * or bytes), `families` (`flux1, sdxl`) and `version` are read where the capacity does not say it. @default none
   */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** @default nothing is known */
  readonly capacity?: Partial<ServerCapacity> | undefined;
  /** Where the others reach it: an http or https URL without a user and password. @default null */
  readonly endpoint?: string | null | undefined;
  /** It counts as silent when it was not heard of for this long; from 1,000. @default 60_000 */
  readonly silentAfterMs?: number | undefined;
}

/** How busy a server is. */
export interface ServerLoad {
  /** Jobs that run there. */
  readonly running: number;
  /** Jobs that wait there. */
  readonly queued: number;
}

/** A server as it is known now. Plain data. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: ServerCapacity;
  readonly endpoint: string | null;
  readonly silentAfterMs: number;
  /** ISO 8601, as the other times. */
  readonly registeredAt: string;
  /** When it was last heard of: registered, a heartbeat, or a sync. */
  readonly seenAt: string;
  /** Whether it was not heard of for `silentAfterMs`. */
  readonly silent: boolean;
  readonly load: ServerLoad;
  /** How fast it was seen to fetch, recent fetches counting more; null where none was measured. */
  readonly measuredBytesPerSecond: number | null;
  readonly inventory: InventoryVersion;
  /** When its inventory was last told; null before the first time. */
  readonly syncedAt: string | null;
}

/** Which inventory of a server is known. */
export interface InventoryVersion {
  /** 0 before the first sync; each one that changes something adds 1. */
  readonly version: number;
  /** Of all that the server has; the same for the same items in any order. */
  readonly digest: string;
}
