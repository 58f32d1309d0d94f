import { isModelkeepError } from '@modelkeep/core';
import type { DriveInfo, Io } from '@modelkeep/io';
import type { LibraryStore, LibraryUsage, VolumeInfo } from '@modelkeep/library';
import type { CheckedLink, LinkHealth } from '@modelkeep/mapper';
import type { Sqlite } from '@modelkeep/sqlite';
import type { RecordedLinks } from '../link/recorded-links.ts';
import { diagnoseDrive } from './diagnose-drive.ts';

/** Something that a person should look at. */
export interface Finding {
  readonly level: 'info' | 'warning' | 'problem';
  /** Stable name of what was looked at. */
  readonly check: 'sqlite' | 'hashing' | 'disk' | 'drive' | 'index' | 'metadata' | 'recovery' | 'links';
  readonly message: string;
}

/** What the doctor saw. Plain data. */
export interface Diagnosis {
  readonly root: string;
  readonly mode: 'read' | 'write';
  readonly node: string;
  readonly sqlite: { readonly version: string; readonly fts5: boolean; readonly walSafe: boolean };
  readonly blake3: 'native' | 'wasm';
  readonly freeBytes: number;
  /** The drive of the library; null where it cannot be looked at. */
  readonly drive: DriveInfo | null;
  readonly models: number;
  readonly files: number;
  readonly usage: LibraryUsage;
  /** All drives of the library. */
  readonly volumes: readonly VolumeInfo[];
  /** Recorded links by how they are. */
  readonly links: Readonly<Record<LinkHealth, number>>;
  readonly findings: readonly Finding[];
}

const LITTLE_ROOM_BYTES = 10_000_000_000;

/** @internal Looks at everything that is cheap to look at. Changes nothing. */
export async function diagnose(
  {
    store,
    io,
    sqlite,
    links: recorded,
  }: { store: LibraryStore; io: Io; sqlite: Sqlite; links: Pick<RecordedLinks, 'check'> },
  signal?: AbortSignal,
): Promise<Diagnosis> {
  const findings: Finding[] = [];
  const note = (level: Finding['level'], check: Finding['check'], message: string): void => {
    findings.push({ level, check, message });
  };

  const facts = await sqlite.facts({ signal });
  if (!facts.walSafe)
    note(
      'info',
      'sqlite',
      `SQLite ${facts.version} has a write-ahead log that can lose data: the rollback journal is used`,
    );
  const blake3 = io.blake3Kind();
  if (blake3 === 'wasm')
    note('info', 'hashing', 'BLAKE3 runs as WebAssembly: install @napi-rs/blake-hash for more speed');
  const freeBytes = await io.freeBytes(store.root);
  if (freeBytes < LITTLE_ROOM_BYTES) note('warning', 'disk', `${freeBytes} bytes are free on the drive of the library`);

  const place = await diagnoseDrive(io, { root: store.root, mode: store.mode, signal });
  findings.push(...place.findings);

  const { models, files } = await store.index.stats();
  const onDisk = await store.survey({ signal });
  if (onDisk.models !== models || onDisk.stale > 0) {
    const counts = `${models} models in the index, ${onDisk.models} on the disk`;
    note('problem', 'index', `${counts}, ${onDisk.stale} of them other than the index says: run rebuild`);
  }
  for (const { slug, reason } of onDisk.problems) note('problem', 'metadata', `${slug}: ${reason}`);
  const { recovery } = store;
  if (recovery !== null && recovery.resumable > 0) {
    note('info', 'recovery', `${recovery.resumable} downloads did not end: the same command resumes them`);
  }

  const volumes = await store.volumes();
  for (const { label, state, path, models } of volumes) {
    if (state === 'online') continue;
    note(
      'warning',
      'drive',
      `the volume ${label} with ${models} models is not here; it was at ${path ?? 'no known place'}`,
    );
  }
  const usage = await store.usage({ signal });
  const { reclaimableUnknown } = usage;
  if (reclaimableUnknown !== null) note('warning', 'disk', `no garbage can be collected: ${reclaimableUnknown}`);

  const links: Record<LinkHealth, number> = {
    ok: 0,
    broken: 0,
    moved: 0,
    stale: 0,
    foreign: 0,
    missing: 0,
    'app-root-gone': 0,
  };
  const checked = await recorded.check({ signal }).catch((error: unknown): readonly CheckedLink[] => {
    if (!isModelkeepError(error)) throw error;
    note('problem', 'links', `the record of links cannot be read: ${error.message}`);
    return [];
  });
  for (const { link, health } of checked) {
    links[health] += 1;
    if (health !== 'ok') note('problem', 'links', `${link.target} is ${health}: run links --repair`);
  }
  const { version, fts5, walSafe } = facts;
  return {
    root: store.root,
    mode: store.mode,
    node: process.versions.node,
    sqlite: { version, fts5, walSafe },
    blake3,
    freeBytes,
    drive: place.drive,
    models,
    files,
    usage,
    volumes,
    links,
    findings,
  };
}
