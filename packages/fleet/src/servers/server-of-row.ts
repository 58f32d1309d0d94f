import { ModelkeepError } from '@modelkeep/core';
import type { Server, ServerCapacity } from './server.ts';

/** For engines: A server as a store has it. */
export interface ServerRow {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  /** JSON, or what it says. */
  readonly labels: string | Server['labels'];
  /** JSON, or what it says. */
  readonly capacity: string | ServerCapacity;
  readonly endpoint: string | null;
  readonly silentAfterMs: number;
  readonly registeredAtMs: number;
  readonly seenAtMs: number;
  readonly running: number;
  readonly queued: number;
  readonly bytesPerSecond: number | null;
  readonly version: number;
  readonly digest: string;
  readonly syncedAtMs: number | null;
}

/** For engines: The columns of {@link ServerRow}, for both stores. */
export const serverColumns = `key, id, name, labels, capacity, endpoint, silent_after_ms as "silentAfterMs",
  registered_at_ms as "registeredAtMs", seen_at_ms as "seenAtMs", running, queued,
  bytes_per_second as "bytesPerSecond", version, digest, synced_at_ms as "syncedAtMs"`;

/** For engines: What a look keeps of a row for the next one. */
export interface HeldServer {
  readonly key: number;
  readonly seenAtMs: number;
  /** But for `silent`, which the time changes. */
  readonly server: Server;
}

/** For engines. What several answers share of it is frozen. */
export function holdServer(row: ServerRow): HeldServer {
  const server: Server = {
    id: row.id,
    name: row.name,
    labels: Object.freeze(parsed<Server['labels']>(row.labels)),
    capacity: Object.freeze(parsed<ServerCapacity>(row.capacity)),
    endpoint: row.endpoint,
    silentAfterMs: row.silentAfterMs,
    registeredAt: isoTime(row.registeredAtMs),
    seenAt: isoTime(row.seenAtMs),
    silent: false,
    load: Object.freeze({ running: row.running, queued: row.queued }),
    measuredBytesPerSecond: row.bytesPerSecond,
    inventory: Object.freeze({ version: row.version, digest: row.digest }),
    syncedAt: row.syncedAtMs === null ? null : isoTime(row.syncedAtMs),
  };
  return { key: row.key, seenAtMs: row.seenAtMs, server };
}

/** For engines: A server as it is at a time. */
export function serverAt({ server, seenAtMs }: HeldServer, nowMs: number): Server {
  return { ...server, silent: nowMs - seenAtMs > server.silentAfterMs };
}

/** For engines. */
export function serverOfRow(row: ServerRow, nowMs: number): Server {
  return serverAt(holdServer(row), nowMs);
}

function parsed<T>(said: string | T): T {
  return typeof said === 'string' ? (JSON.parse(said) as T) : said;
}

/** For engines. */
export function hasLabels({ labels }: Server, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** For engines. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** For engines: The server that is not there. */
export function noServer(id: string): ModelkeepError {
  return new ModelkeepError('fleet.not-found', {
    message: `no server ${id} is registered`,
    facts: { topic: 'servers', key: id },
    hint: 'register it first',
  });
}
