import type { Availability, ContentQuery, FleetContent, Holding } from './content.ts';
import type { InventorySync, SyncReport } from './inventory.ts';
import type { ServerChanges } from './server-changes.ts';
import type { Server, ServerLoad, ServerRegistration } from './server.ts';

/** What goes with a call. */
export interface ServersCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How servers are listed. */
export interface ListServersOptions extends ServersCallOptions {
  /** Only those with these labels. @default all */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** How known contents are looked for. */
export interface FindContentsOptions extends ServersCallOptions {
  readonly type?: string | undefined;
  readonly family?: string | undefined;
  /** Go on after this hash. @default from the first */
  readonly after?: string | undefined;
  /** From 1 to 1,000. @default 100 */
  readonly limit?: number | undefined;
}

/** A known content with the number of servers that have it whole. */
export interface CountedContent extends FleetContent {
  readonly copies: number;
}

/** A fetch that has ended well. */
export interface MeasuredFetch {
  readonly bytes: number;
  readonly durationMs: number;
}

/** How the changes are followed. */
export interface FollowServersOptions extends ServersCallOptions {
  /** The cursor of the last page that was seen. @default now: the first page says `resync` */
  readonly since?: string | undefined;
}

/**
 * Which servers there are and which of them has which model: one truth for all processes and machines that share the
 * store. Hashes are checked; names, paths and labels are limited in length and kept as data.
 *
 * Calls may throw `core.invalid-argument`, `core.closed`, `signal.reason` and what their store throws (`sqlite.*`, `postgres.*`).
 */
export interface Servers {
  /** Adds a server, or changes what it says of itself. It counts as heard of; its inventory stays. */
  register(server: ServerRegistration, options?: ServersCallOptions): Promise<Server>;
  /** Says that a server is there, and how busy it is. @throws `fleet.not-found` */
  heartbeat(id: string, load?: Partial<ServerLoad>, options?: ServersCallOptions): Promise<void>;
  /** All servers, sorted by id; the silent ones too. */
  list(options?: ListServersOptions): Promise<readonly Server[]>;
  /** @throws `fleet.not-found` */
  get(id: string, options?: ServersCallOptions): Promise<Server>;
  /** Forgets a server; its models stay known. @returns whether it was there */
  remove(id: string, options?: ServersCallOptions): Promise<boolean>;
  /**
   * Takes in what a server says it has, at once and all or nothing. The same again changes nothing.
   *
   * @throws `fleet.not-found`, `fleet.inventory-outdated` when something else was told since `base`: read the server,
   * then its own inventory, and sync again
   */
  sync(id: string, inventory: InventorySync, options?: ServersCallOptions): Promise<SyncReport>;
  /**
   * Lets a server give up contents that other servers have: all of them or none. Of two that would give up the last two
   * copies at once only one may.
   *
   * @returns whether it may. Then they count as gone from it; false: one of them would be lost to the fleet
   * @throws `fleet.not-found`
   */
  giveUp(id: string, sha256s: readonly string[], options?: ServersCallOptions): Promise<boolean>;
  /** Who has these contents, or had them; by hash, at most 1,000 of them. */
  whereIs(sha256s: readonly string[], options?: ServersCallOptions): Promise<readonly Holding[]>;
  /** The contents that were ever told of, sorted by hash, a page at a time: also those that no server has any more. */
  contents(options?: FindContentsOptions): Promise<readonly CountedContent[]>;
  /** Which contents are meant and where they are; at most 1,000 queries. */
  availability(queries: readonly ContentQuery[], options?: ServersCallOptions): Promise<Availability>;
  /** Notes how long a server took to fetch something. @throws `fleet.not-found` */
  recordFetch(id: string, fetch: MeasuredFetch, options?: ServersCallOptions): Promise<void>;
  /** What happened after a cursor; null to start, which answers `resync`. @throws `core.invalid-argument` for no cursor */
  changesSince(cursor: string | null, options?: ServersCallOptions): Promise<ServerChanges>;
  /** What happens, in any process, within moments, until the signal aborts (which throws its reason). */
  watch(options?: FollowServersOptions): AsyncIterable<ServerChanges>;
}
