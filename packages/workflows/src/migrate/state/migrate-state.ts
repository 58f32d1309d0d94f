import { isModelkeepError } from '@modelkeep/core';
import type { SharedState } from '@modelkeep/fleet';
import type { FileSystem } from '@modelkeep/io';
import { readJsonSource } from '../read-json-source.ts';
import type { EntryKind, ReadEntry } from './entry-kind.ts';
import { manifestEntries } from './manifest-entries.ts';
import { progressEntries } from './progress-entries.ts';
import type { StateKind, StateMigration, StateProblem } from './state-migration.ts';
import { tokenEntries } from './token-entries.ts';

/** How a JSON file of a download manager is taken over. */
export interface MigrateStateOptions {
  /** Only tells what would be done. @default false */
  readonly dryRun?: boolean | undefined;
  /** Whether tokens of the file take the place of those that are here. @default false */
  readonly replaceTokens?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @internal What {@link migrateState} works with. */
export interface MigrateStateContext {
  readonly state: SharedState;
  readonly fileSystem: FileSystem;
  /** The hub and the Civitai that tokens are sent to. */
  readonly endpoints: { readonly hub: string; readonly civitai: string };
}

/**
 * @internal Takes over a JSON file of a download manager. All of it is read and compared before anything is written, and the shared
 * state is copied first; what is newer here stays.
 *
 * @throws `workflows.unreadable-source`, `io.*`, and what the shared state throws
 */
export async function migrateState(
  { state, fileSystem, endpoints }: MigrateStateContext,
  kind: StateKind,
  { path, dryRun = false, replaceTokens = false, signal }: MigrateStateOptions & { readonly path: string },
): Promise<StateMigration> {
  const request = { state, fileSystem, path, dryRun, signal };
  switch (kind) {
    case 'manifest':
      return { kind, ...(await takeOver(manifestEntries(state), request)) };
    case 'progress':
      return { kind, ...(await takeOver(progressEntries(state), request)) };
    case 'tokens':
    default:
      return { kind, ...(await takeOver(tokenEntries(state, { ...endpoints, replace: replaceTokens }), request)) };
  }
}

interface Request extends Omit<MigrateStateContext, 'endpoints'> {
  readonly path: string;
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
}

async function takeOver<Entry>(
  kind: EntryKind<Entry>,
  { state, fileSystem, path: file, dryRun, signal }: Request,
): Promise<Omit<StateMigration, 'kind'>> {
  const { path, entries: found } = await readJsonSource(fileSystem, file, signal);
  const problems: StateProblem[] = [];
  const note = (problem: StateProblem): void => void problems.push({ ...problem, key: problem.key.slice(0, 512) });
  const entries = found.flatMap(([key, value]) => kind.read(key, value, note) ?? []);
  const verdicts = entries.length === 0 ? [] : await kind.judge(entries, { signal });
  const among = (verdict: (typeof verdicts)[number]): ReadEntry<Entry>[] =>
    entries.filter((_, position) => verdicts[position] === verdict);
  const keysOf = (some: readonly ReadEntry<Entry>[]): string[] => some.map(({ key }) => key);
  const report = { path, dryRun, unchanged: keysOf(among('unchanged')), problems };
  const kept = keysOf(among('kept'));
  const toWrite = among('write');
  if (dryRun || toWrite.length === 0) return { ...report, written: keysOf(toWrite), kept, backup: null };
  const backup = await state.backup({ signal });
  const written: string[] = [];
  for (const entry of toWrite) {
    try {
      await kind.write(entry, { signal });
      written.push(entry.key);
    } catch (error) {
      // What somebody has written in the meantime is newer than any file.
      if (isModelkeepError(error, 'fleet.conflict')) kept.push(entry.key);
      else if (isModelkeepError(error, 'core.invalid-argument'))
        note({ key: entry.key, field: null, reason: error.message });
      else throw error;
    }
  }
  return { ...report, written, kept, backup };
}
