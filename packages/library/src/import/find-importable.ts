import { basename, join, relative, resolve, sep } from 'node:path';
import { fileRole, isModelkeepError, ModelkeepError } from '@modelkeep/core';
import type { FileSystem } from '@modelkeep/io';

const MAX_DEPTH = 32;
/** What makes a folder a library. */
const LIBRARY_FILE = 'modelkeep.json';

/** Files that stand together: the unit that is sorted into models. */
export interface ImportSet {
  /** Name of the folder, or of the single file without its folder. */
  readonly name: string;
  readonly files: readonly ImportFile[];
}

/** One file to import. */
export interface ImportFile {
  /** Path below the set, `/` between segments. */
  readonly name: string;
  /** Absolute, links resolved. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** What was passed over, and why. */
export interface SkippedPath {
  readonly path: string;
  readonly reason: string;
}

/**
 * Finds what can be imported below paths: each folder given is one set, single files are sets of their own. Links to
 * files are followed, links to folders are not (they may lead in circles), hidden names are passed over.
 *
 * @throws `io.not-found`, `io.permission`, `library.nothing-to-import` when no file could hold weights
 */
export async function findImportable(
  fileSystem: FileSystem,
  paths: readonly string[],
): Promise<{ sets: ImportSet[]; skipped: SkippedPath[] }> {
  const sets: ImportSet[] = [];
  const skipped: SkippedPath[] = [];
  for (const given of paths) {
    if (given === '') throw emptyPath();
    const path = resolve(given);
    const status = await fileSystem.stat(path);
    if (status.kind === 'other') {
      skipped.push({ path, reason: 'neither a file nor a folder' });
    } else if (status.kind === 'folder') {
      const files: ImportFile[] = [];
      await collect(fileSystem, { root: path, folder: path, depth: 0, files, skipped });
      sets.push({ name: basename(path), files });
    } else {
      const file = { name: basename(path), path: await fileSystem.realpath(path), sizeBytes: status.sizeBytes };
      sets.push({ name: stem(basename(path)), files: [file] });
    }
  }
  const useful = sets.filter(({ files }) => files.some(({ name }) => fileRole(name) === 'weights'));
  if (useful.length === 0) {
    throw new ModelkeepError('library.nothing-to-import', {
      message: `there is no model file in ${paths.join(', ')}`,
      facts: { paths: [...paths] },
      hint: 'name .safetensors, .gguf, .ckpt, .pt, .pth, .bin or .onnx files, or folders that hold some',
    });
  }
  return { sets: useful, skipped };
}

interface Collection {
  readonly root: string;
  readonly folder: string;
  readonly depth: number;
  readonly files: ImportFile[];
  readonly skipped: SkippedPath[];
}

async function collect(fileSystem: FileSystem, found: Collection): Promise<void> {
  if (found.depth > MAX_DEPTH) {
    found.skipped.push({ path: found.folder, reason: `more than ${MAX_DEPTH} folders deep` });
    return;
  }
  const entries = [...(await fileSystem.readdir(found.folder))].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some(({ name }) => name === LIBRARY_FILE)) {
    found.skipped.push({ path: found.folder, reason: 'a model library: its files belong to it' });
    return;
  }
  for (const { name, kind } of entries) {
    if (name.startsWith('.')) continue;
    const path = join(found.folder, name);
    if (kind === 'folder') {
      await collect(fileSystem, { ...found, folder: path, depth: found.depth + 1 });
    } else {
      await addFile(fileSystem, path, found);
    }
  }
}

async function addFile(fileSystem: FileSystem, path: string, found: Collection): Promise<void> {
  try {
    const status = await fileSystem.stat(path);
    if (status.kind === 'file') {
      const name = relative(found.root, path).split(sep).join('/');
      found.files.push({ name, path: await fileSystem.realpath(path), sizeBytes: status.sizeBytes });
    } else if (status.kind === 'folder') {
      found.skipped.push({ path, reason: 'a link to a folder' });
    } else {
      found.skipped.push({ path, reason: 'neither a file nor a folder' });
    }
  } catch (error) {
    const broken =
      isModelkeepError(error, 'io.not-found') ||
      (isModelkeepError(error, 'io.failed') && error.facts.systemCode === 'ELOOP');
    if (!broken) throw error;
    found.skipped.push({ path, reason: 'a link that leads nowhere' });
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
