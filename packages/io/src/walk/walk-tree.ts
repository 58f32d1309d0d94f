import { sep } from 'node:path';
import type { TaskContext } from '@modelkeep/workers';
import { systemCodeOf } from '../errors/system-code-of.ts';
import type { BulkFileSystem } from '../ports/bulk-file-system.ts';
import { nextTurn, type WorkerTools } from '../worker/worker-tools.ts';
import { folderRules, readFolder, type FolderReading } from './read-folder.ts';
import type { ListedFolder, WalkedFolder, WalkedStore, WalkedTree, WalkNote, WalkRules } from './walk-types.ts';

/** Deeper folders are nobody's model folders, and may be a trap. */
const MAX_DEPTH = 64;
const FOLDERS_AT_ONCE = 200;

/** @internal Main thread → worker. */
export interface WalkTreeInput extends WalkRules {
  readonly roots: readonly string[];
  readonly leaveOut: readonly string[];
}

interface Step {
  readonly path: string;
  readonly unit: string | null;
  readonly depth: number;
}

/**
 * @internal Walks folders in the order of their names, never through a link, each folder once. What cannot be read is
 * noted and does not end the walk.
 */
export async function walkTree({ bulk }: WorkerTools, input: WalkTreeInput, context: TaskContext): Promise<WalkedTree> {
  const reading = { rules: folderRules(input), separator: sep };
  const left = new Set(input.leaveOut);
  const found = { notes: [] as WalkNote[], stores: [] as WalkedStore[], devices: new Set<string>() };
  const visited = new Set<string>();
  const steps: Step[] = input.roots.toReversed().map((path) => ({ path, unit: null, depth: 0 }));
  let batch: WalkedFolder[] = [];
  let since = 0;
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { path, depth } = step;
    if (visited.has(path)) continue;
    visited.add(path);
    since += 1;
    if (since % FOLDERS_AT_ONCE === 0) {
      if (batch.length > 0) context.report(batch);
      batch = [];
      await nextTurn(context);
    }
    if (left.has(path)) {
      found.notes.push({ path, reason: 'library' });
      continue;
    }
    let folder: FolderReading;
    try {
      folder = readFolder(bulk, path, reading);
    } catch (error) {
      found.notes.push({ path, reason: 'unreadable', systemCode: systemCodeOf(error) });
      continue;
    }
    if (folder.isLibrary) {
      found.notes.push({ path, reason: 'library' });
      continue;
    }
    const store = storeKind(path, folder.subfolders);
    if (store !== null) {
      if (store !== 'other-repo') found.stores.push({ path, kind: store });
      continue;
    }
    for (const note of folder.notes) found.notes.push(note);
    for (const file of folder.files) found.devices.add(file.device);
    const unit = step.unit ?? (folder.isPipeline ? path : null);
    if (folder.files.length > 0 && (folder.wanted > 0 || unit !== null)) {
      batch.push({ path, unit: unit ?? path, digest: folder.digest, files: folder.wanted, bytes: folder.bytes });
    }
    const prefix = path.endsWith(sep) ? path : path + sep;
    if (depth >= MAX_DEPTH) {
      if (folder.subfolders.length > 0) found.notes.push({ path, reason: 'too-deep' });
      continue;
    }
    for (const name of folder.subfolders.toReversed()) steps.push({ path: prefix + name, unit, depth: depth + 1 });
  }
  if (batch.length > 0) context.report(batch);
  return { notes: found.notes, stores: found.stores, devices: [...found.devices] };
}

/** Tools that keep files under their digests are known by what their folders are made of. */
function storeKind(path: string, subfolders: readonly string[]): WalkedStore['kind'] | 'other-repo' | null {
  if (subfolders.includes('manifests') && subfolders.includes('blobs')) return 'ollama';
  if (!subfolders.includes('snapshots')) return null;
  const name = path.slice(path.lastIndexOf(sep) + 1);
  if (/^models--./u.test(name)) return 'hugging-face';
  return /^(?:datasets|spaces)--./u.test(name) ? 'other-repo' : null;
}

/** @internal Main thread → worker. */
export interface ListFoldersInput extends WalkRules {
  readonly folders: readonly string[];
}

/** @internal What stands in folders now; one that is gone is left out. */
export async function listFolders(
  { bulk }: { readonly bulk: BulkFileSystem },
  input: ListFoldersInput,
  context: TaskContext,
): Promise<ListedFolder[]> {
  const reading = { rules: folderRules(input), separator: sep };
  const listed: ListedFolder[] = [];
  for (const [position, path] of input.folders.entries()) {
    if (position % FOLDERS_AT_ONCE === FOLDERS_AT_ONCE - 1) await nextTurn(context);
    try {
      listed.push({ path, files: readFolder(bulk, path, reading).files });
    } catch (error) {
      const unreadable = systemCodeOf(error) ?? 'UNKNOWN';
      if (unreadable !== 'ENOENT' && unreadable !== 'ENOTDIR') listed.push({ path, files: [], unreadable });
    }
  }
  return listed;
}
