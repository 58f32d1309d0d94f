import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { ProgressStatus, SharedState } from '@modelkeep/fleet';
import type { FileSystem } from '@modelkeep/io';
import { refuseExisting } from '../refuse-existing.ts';
import type { StateExport } from './state-migration.ts';

/** @internal What {@link exportState} works with. */
export interface ExportStateContext {
  readonly state: SharedState;
  readonly fileSystem: FileSystem;
}

/** @internal What is written, and where. */
export interface ExportStateRequest {
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Writes what is here as the JSON file of a download manager. Tokens are never written. The file is there when it is
 * whole.
 *
 * @throws `io.exists`, `io.*`, and what the shared state throws
 */
export async function exportState(
  { state, fileSystem }: ExportStateContext,
  kind: StateExport['kind'],
  { path: wanted, signal }: ExportStateRequest,
): Promise<StateExport> {
  const path = resolve(wanted);
  await refuseExisting(fileSystem, path);
  const entries = kind === 'manifest' ? await manifestOf(state, signal) : await progressOf(state, signal);
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  const file = await fileSystem.createAppend(temporary);
  try {
    try {
      await file.append(`${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
    } finally {
      await file.close();
    }
    await refuseExisting(fileSystem, path);
    await fileSystem.rename(temporary, path);
  } catch (error) {
    // The failure is the news, not that the rest could not be removed.
    await fileSystem.unlink(temporary).catch(() => {});
    throw error;
  }
  await fileSystem.fsyncFolder(dirname(path));
  return { path, kind, entries: entries.length };
}

type Entries = (readonly [key: string, value: unknown])[];

async function manifestOf({ manifest }: SharedState, signal: AbortSignal | undefined): Promise<Entries> {
  const entries = await manifest.list({ signal });
  return entries.map(({ key, completed, repoId, at, sizeBytes }) => [
    key,
    { completed, repo_id: repoId, timestamp: at, size_bytes: sizeBytes },
  ]);
}

/** What those tools know of what has begun is one word. */
const words: Readonly<Record<ProgressStatus, string>> = {
  pending: 'pending',
  downloading: 'downloading',
  verifying: 'downloading',
  paused: 'downloading',
  complete: 'complete',
  error: 'error',
};

async function progressOf({ progress }: SharedState, signal: AbortSignal | undefined): Promise<Entries> {
  const entries = await progress.list({ signal });
  return entries.map(({ key, status, percentage, error, startedAt, updatedAt }) => [
    key,
    {
      status: words[status],
      percentage,
      error: error?.message ?? null,
      started_at: startedAt,
      updated_at: updatedAt,
    },
  ]);
}
