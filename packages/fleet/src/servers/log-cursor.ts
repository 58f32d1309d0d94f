import { refuse } from './check-text.ts';
import { isoTime } from './server-of-row.ts';
import type { ServerChange, ServerChangeKind } from './server-changes.ts';

const CURSOR = /^([0-9a-f]{32})\.(\d{1,15})$/;

/** For engines: An entry of the log as a store has it. */
export interface ServerLogRow {
  readonly seq: number;
  readonly kind: ServerChangeKind;
  readonly serverId: string;
  readonly sha256: string | null;
  readonly copies: number | null;
  readonly atMs: number;
}

/** For engines: The state of a log. */
export interface ServerLog {
  /** Made when the store is: a cursor of another one means nothing. */
  readonly generation: string;
  readonly first: number;
  readonly last: number;
}

/** For engines: The sequence number to go on after, or null where everything has to be read again. */
export function placeInLog(cursor: string | null, { generation, first, last }: ServerLog): number | null {
  if (cursor === null) return null;
  const [, ofLog, seq] = CURSOR.exec(cursor) ?? [];
  if (ofLog === undefined || seq === undefined) refuse('cursor', cursor, 'pass null to start, then the last cursor');
  const place = Number(seq);
  return ofLog !== generation || place > last || place + 1 < first ? null : place;
}

/** For engines. */
export function changeOfRow({ kind, serverId, sha256, copies, atMs }: ServerLogRow): ServerChange {
  return { kind, serverId, sha256, copies: sha256 === null ? null : copies, at: isoTime(atMs) };
}
