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

/** For engines. */
export function serverOfRow(row: ServerRow, nowMs: number): Server {
  return {
    id: row.id,
    name: row.name,
    labels: typeof row.labels === 'string' ? (JSON.parse(row.labels) as Server['labels']) : row.labels,
    capacity: typeof row.capacity === 'string' ? (JSON.parse(row.capacity) as ServerCapacity) : row.capacity,
    endpoint: row.endpoint,
    silentAfterMs: row.silentAfterMs,
    registeredAt: isoTime(row.registeredAtMs),
    seenAt: isoTime(row.seenAtMs),
    silent: nowMs - row.seenAtMs > row.silentAfterMs,
    load: { running: row.running, queued: row.queued },
    measuredBytesPerSecond: row.bytesPerSecond,
    inventory: { version: row.version, digest: row.digest },
    syncedAt: row.syncedAtMs === null ? null : isoTime(row.syncedAtMs),
  };
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
