import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileRole, isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileSystem, FolderEntry, WalkedStore } from '@modelkeep/io';
import { isFileError } from '../scan/hash-found.ts';
import { scanRules } from '../scan/scan-rules.ts';
import type { StoreContext } from '../store-context.ts';
import type { ImportResult } from './import-types.ts';

const MAX_DEPTH = 32;
/** What makes a folder a library. */
const LIBRARY_FILE = 'modelkeep.json';

/** Files that stand together: the unit that is sorted into models. */
export interface ImportSet {
  /** Name of the folder, or of the single file without its folder. */
  readonly name: string;
  /** What the names are paths below of. Absolute. */
  readonly folder: string;
  readonly files: readonly ImportFile[];
}

/** One file to import. */
export interface ImportFile {
  /** Path below the set, `/` between segments. */
  readonly name: string;
  /** Absolute, links resolved. */
  readonly path: string;
  /** Absolute, as it is called where it was found. */
  readonly given: string;
  readonly isLink: boolean;
  readonly sizeBytes: number;
}

/** @internal What there is to import. */
export interface Importable {
  readonly sets: readonly ImportSet[];
  /** What other tools keep: their folders are no part of the sets. */
  readonly stores: readonly WalkedStore[];
}

/**
 * Finds what can be imported below paths: each folder given is one set, single files are sets of their own. Links to
 * files are followed, links to folders are not (they may lead in circles), hidden names are passed over. A folder or file
 * that cannot be read is reported and does not end the search.
 *
 * @throws `io.not-found`, `io.permission` for a path that was given, `library.nothing-to-import` when no file could hold
 * weights
 */
export async function findImportable(
  context: Pick<StoreContext, 'io' | 'fileSystem'>,
  paths: readonly string[],
  { result, signal }: { readonly result: ImportResult; readonly signal?: AbortSignal | undefined },
): Promise<Importable> {
  const { fileSystem } = context;
  const sets: ImportSet[] = [];
  const stores: WalkedStore[] = [];
  for (const given of paths) {
    if (given === '') throw emptyPath();
    const path = resolve(given);
    const status = await fileSystem.stat(path);
    if (status.kind === 'other') {
      result.skipped.push({ path, reason: 'neither a file nor a folder' });
    } else if (status.kind === 'folder') {
      const root = await fileSystem.realpath(path);
      const tree = await context.io.walkTree({ ...scanRules, roots: [root], onFolders: () => {}, signal });
      stores.push(...tree.stores);
      const leaveOut = new Set(tree.stores.map((store) => join(path, relative(root, store.path))));
      const files: ImportFile[] = [];
      await collect(fileSystem, { root: path, folder: path, depth: 0, files, result, leaveOut });
      sets.push({ name: basename(path), folder: path, files });
    } else {
      const isLink = (await fileSystem.lstat(path)).kind === 'symlink';
      const name = basename(path);
      const file = { name, path: await fileSystem.realpath(path), given: path, isLink, sizeBytes: status.sizeBytes };
      sets.push({ name: stem(name), folder: dirname(path), files: [file] });
    }
  }
  const useful = sets.filter(({ files }) => files.some(({ name }) => fileRole(name) === 'weights'));
  if (useful.length === 0 && stores.length === 0 && result.errors.length === 0) {
    throw new ModelkeepError('library.nothing-to-import', {
      message: `there is no model file in ${paths.join(', ')}`,
      facts: { paths: [...paths] },
      hint: 'name .safetensors, .gguf, .ckpt, .pt, .pth, .bin or .onnx files, or folders that hold some',
    });
  }
  return { sets: useful, stores };
}

interface Collection {
  readonly root: string;
  readonly folder: string;
  readonly depth: number;
  readonly files: ImportFile[];
  readonly result: ImportResult;
  /** Folders of other tools. */
  readonly leaveOut: ReadonlySet<string>;
}

async function collect(fileSystem: FileSystem, found: Collection): Promise<void> {
  if (found.depth > MAX_DEPTH) {
    found.result.skipped.push({ path: found.folder, reason: `more than ${MAX_DEPTH} folders deep` });
    return;
  }
  if (found.leaveOut.has(found.folder)) return;
  const read = await readFolder(fileSystem, found);
  const entries = [...read].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some(({ name }) => name === LIBRARY_FILE)) {
    found.result.skipped.push({ path: found.folder, reason: 'a model library: its files belong to it' });
    return;
  }
  for (const { name, kind } of entries) {
    if (name.startsWith('.')) continue;
    const path = join(found.folder, name);
    if (kind === 'folder') {
      await collect(fileSystem, { ...found, folder: path, depth: found.depth + 1 });
    } else {
      await addFile(fileSystem, { path, isLink: kind === 'symlink' }, found);
    }
  }
}

/** What cannot be read below a folder that was given is a line of the report. */
async function readFolder(
  fileSystem: FileSystem,
  { folder, root, result }: Collection,
): Promise<readonly FolderEntry[]> {
  try {
    return await fileSystem.readdir(folder);
  } catch (error) {
    if (folder === root || !isFileError(error, folder)) throw error;
    result.errors.push({ path: folder, code: error.code, message: error.message });
    return [];
  }
}

async function addFile(
  fileSystem: FileSystem,
  { path, isLink }: { readonly path: string; readonly isLink: boolean },
  found: Collection,
): Promise<void> {
  try {
    const status = await fileSystem.stat(path);
    if (status.kind === 'file') {
      const name = relative(found.root, path).split(sep).join('/');
      const real = await fileSystem.realpath(path);
      found.files.push({ name, path: real, given: path, isLink, sizeBytes: status.sizeBytes });
    } else if (status.kind === 'folder') {
      found.result.skipped.push({ path, reason: 'a link to a folder' });
    } else {
      found.result.skipped.push({ path, reason: 'neither a file nor a folder' });
    }
  } catch (error) {
    const broken =
      isModelkeepError(error, 'io.not-found') ||
      (isModelkeepError(error, 'io.failed') && error.facts.systemCode === 'ELOOP');
    if (!broken) {
      if (!isFileError(error, path)) throw error;
      found.result.errors.push({ path, code: error.code, message: error.message });
      return;
    }
    found.result.skipped.push({ path, reason: 'a link that leads nowhere' });
  }
}

function stem(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** An empty text is a variable that was not set, and would mean the folder one happens to stand in. */
function emptyPath(): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message: 'a path to import is empty',
    facts: { argument: 'paths', found: '' },
    hint: 'name files or folders; "." is the folder you are in',
  });
}
