import { dirname, sep } from 'node:path';
import { startOperation, type Operation } from '@modelkeep/core';
import type { LibraryStore, ScanReport } from '@modelkeep/library';
import { createRegistryNotes, type RegistryNotes } from './registry-notes.ts';
import { isMatched, matchRows, type RowMatch, type RowToMatch } from './match-rows.ts';
import { openRegistry, type OpenRegistry, type OpenRegistryContext } from './open-registry.ts';
import { readEntries } from './read-rows.ts';
import type { RegistryMigration } from './registry-report.ts';
import { rowsToMatch } from './rows-to-match.ts';
import { tellModels } from './tell-models.ts';

/** How a registry is taken over. */
export interface MigrateRegistryOptions {
  /** Only tells what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  /** The folder that relative paths of the registry are relative to. @default none: such files are not looked for */
  readonly base?: string | undefined;
  /** Whether folders with files that the library does not have are scanned. @default true */
  readonly scan?: boolean | undefined;
  /** Larger files are not read by the scan. @default 15_000_000_000 */
  readonly maxHashBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal What {@link migrateRegistry} works with. */
export interface MigrateRegistryContext extends OpenRegistryContext {
  readonly store: LibraryStore;
}

const ROWS_AT_ONCE = 500;

/**
 * @internal Takes over what a registry knows: scans the folders of files that the library does not have, finds the model of each
 * row, and tells it what the rows say, in a layer of its own. Everything is read before anything is written.
 */
export function migrateRegistry(
  context: MigrateRegistryContext,
  path: string,
  options: MigrateRegistryOptions = {},
): Operation<RegistryMigration> {
  return startOperation(async (tell) => {
    const { dryRun = false, signal } = options;
    await using registry = await openRegistry(context, path, signal);
    const notes = createRegistryNotes(registry, dryRun);
    tell({ phase: 'planning', file: registry.path });
    const rows = await rowsToMatch(registry, { fileSystem: context.io.fileSystem, base: options.base, notes, signal });
    const before = await matchRows(context.store, rows, signal);
    const folders = options.scan === false ? [] : foldersToScan(context.store, rows, before);
    let scan: ScanReport | null = null;
    if (folders.length > 0 && !dryRun) {
      const scanning = context.store.scan(folders, { maxHashBytes: options.maxHashBytes, signal });
      scanning.progress.subscribe((progress) => {
        if (progress.phase !== 'done') tell(progress);
      });
      scan = await scanning.result;
    }
    const matches = scan === null ? before : await matchAgain(context.store, { rows, before, signal });
    tell({ phase: 'indexing', filesTotal: rows.length, file: null });
    await noteUnmatched(registry, { rows, matches, folders, notes, signal });
    if (!dryRun) await tellModels(context.store, registry, { rows, matches, notes, signal });
    tell({ phase: 'done', fraction: 1, file: null, etaMs: 0 });
    return notes.done({ folders, scan });
  });
}

/** A file that some model has already is not what a scan is for. */
function foldersToScan(
  { root }: LibraryStore,
  rows: readonly RowToMatch[],
  matches: readonly RowMatch[],
): readonly string[] {
  const folders = rows.flatMap(({ place }, position) => {
    const match = matches[position] ?? null;
    const isOpen = match === null || ('reason' in match && match.reason === 'other-content');
    return place === null || !isOpen || isBelow(root, place) ? [] : [dirname(place)];
  });
  const wanted = new Set(folders);
  return [...wanted].filter((folder) => !foldersAbove(folder).some((above) => wanted.has(above))).toSorted();
}

function foldersAbove(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [] : [above, ...foldersAbove(above)];
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

interface Matching {
  readonly rows: readonly RowToMatch[];
  readonly signal: AbortSignal | undefined;
}

async function matchAgain(
  store: LibraryStore,
  { rows, before, signal }: Matching & { readonly before: readonly RowMatch[] },
): Promise<readonly RowMatch[]> {
  const open = rows.map((row, position) => ({ row, position })).filter(({ position }) => !isMatched(before[position]));
  const again = await matchRows(
    store,
    open.map(({ row }) => row),
    signal,
  );
  const matches = [...before];
  for (const [place, { position }] of open.entries()) matches[position] = again[place] ?? null;
  return matches;
}

interface Matched extends Matching {
  readonly matches: readonly RowMatch[];
  readonly notes: RegistryNotes;
}

async function noteUnmatched(
  registry: OpenRegistry,
  { rows, matches, folders, notes, signal }: Matched & { readonly folders: readonly string[] },
): Promise<void> {
  const open: RowToMatch[] = [];
  for (const [position, row] of rows.entries()) {
    const match = matches[position] ?? null;
    if (match !== null) notes.match(row, match);
    else if (row.place !== null && notes.dryRun && folders.some((folder) => isBelow(folder, row.place ?? '')))
      notes.toAdopt(row);
    else open.push(row);
  }
  for (let start = 0; start < open.length; start += ROWS_AT_ONCE) {
    const some = open.slice(start, start + ROWS_AT_ONCE);
    const entries = await readEntries(
      registry,
      some.map(({ key }) => key),
      signal,
    );
    for (const { key, place } of some) {
      const entry = entries.get(key);
      if (entry !== undefined) notes.unmatched({ ...entry, reason: place === null ? 'gone' : 'not-a-model' });
    }
  }
}
