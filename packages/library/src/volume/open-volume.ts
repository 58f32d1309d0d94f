import { join } from 'node:path';
import { isModelkeepError, ModelkeepError, newId, type Clock, type VolumeFile } from '@modelkeep/core';
import { volumeFileSchema } from '@modelkeep/core/schemas';
import { ensureFolder, probeLinks, readJson, writeFileAtomic, type FileSystem } from '@modelkeep/io';
import { formatNewer, readableDocument, volumeVersions } from '../metadata/schema-versions.ts';
import { volumeLayout, type VolumeLayout } from './layout.ts';
import { ensureRealFolder } from './require-real-folders.ts';
import type { VolumeLock } from './volume-locks.ts';

/** The format that this version reads and writes. */
export const SUPPORTED_FORMAT: number = volumeVersions.supported;

/** What {@link openVolume} needs. */
export interface OpenVolumeOptions {
  /** Absolute path. */
  readonly root: string;
  readonly mode: 'read' | 'write';
  /** Whether an empty or missing folder becomes a volume in mode `write`. */
  readonly create: boolean;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  /** The library that a new volume becomes a part of. @default one of its own */
  readonly libraryId?: string | undefined;
  /** Keeps other processes from making the same volume, where the drive cannot. */
  readonly lock: (layout: VolumeLayout) => Promise<Pick<VolumeLock, 'release'>>;
}

/** A volume whose format this version knows. */
export interface OpenedVolume {
  readonly layout: VolumeLayout;
  readonly file: VolumeFile;
  /** `read` also where a newer version wrote the volume and lets us read only. */
  readonly mode: 'read' | 'write';
}

/**
 * Opens a volume, or makes a new one in an empty or missing folder.
 *
 * @throws `library.invalid` when the folder holds something else, `core.format-newer` when it cannot even be read,
 * `library.no-links` when it cannot be found out what the drive can do, `io.*`
 */
export async function openVolume(options: OpenVolumeOptions): Promise<OpenedVolume> {
  const { fileSystem, mode } = options;
  const layout = volumeLayout(options.root);
  const file = (await readVolumeFile(fileSystem, layout)) ?? (await createVolume(options, layout));
  if (file.minReader > SUPPORTED_FORMAT) throw newer(layout, file.minReader);
  const opened = { layout, file, mode: file.minWriter > SUPPORTED_FORMAT ? 'read' : mode } as const;
  if (opened.mode === 'write') await ensurePrivateFolders(fileSystem, layout);
  return opened;
}

/** @internal What a folder says of itself, undefined where it is no volume. @throws `library.invalid`, `core.format-newer` */
export async function readVolumeFile(fileSystem: FileSystem, layout: VolumeLayout): Promise<VolumeFile | undefined> {
  let json: unknown;
  try {
    json = await readJson(fileSystem, { path: layout.volumeFile });
  } catch (error) {
    if (isModelkeepError(error, 'io.not-found')) return undefined;
    throw error;
  }
  const parsed = volumeFileSchema.safeParse(readableDocument(json, layout.root, volumeVersions));
  if (parsed.success) return parsed.data;
  const format = typeof json === 'object' && json !== null && 'format' in json ? Number(json.format) : Number.NaN;
  if (format > SUPPORTED_FORMAT) throw newer(layout, format);
  throw invalid(layout.volumeFile, `it does not describe a volume: ${parsed.error.issues[0]?.message ?? 'unknown'}`);
}

async function createVolume(options: OpenVolumeOptions, layout: VolumeLayout): Promise<VolumeFile> {
  const { fileSystem, clock } = options;
  if (options.mode === 'read' || !options.create) {
    throw new ModelkeepError('library.invalid', {
      message: `${layout.root} is no model library`,
      facts: { path: layout.root, reason: 'no modelkeep.json' },
      hint: 'check the path; a library is made there by the first download or import',
    });
  }
  await ensureFolder(fileSystem, layout.root);
  const present = (await fileSystem.readdir(layout.root)).map(({ name }) => name);
  if (present.some((name) => !mayBeBesideNewVolume(name))) {
    // Another process may have made the library since its file was looked for.
    const other = await readVolumeFile(fileSystem, layout);
    if (other !== undefined) return other;
    throw invalid(layout.root, 'the folder is not empty and holds no modelkeep.json');
  }
  await ensureFolder(fileSystem, layout.temp);
  const { reflink, hardlink, codes } = await probeLinks(fileSystem, layout.temp);
  if (!hardlink && !HAS_NO_LINKS.has(codes.hardlink ?? '')) throw unknownLinks(layout.root, codes.hardlink);
  const file: VolumeFile = {
    format: SUPPORTED_FORMAT,
    minReader: SUPPORTED_FORMAT,
    minWriter: SUPPORTED_FORMAT,
    libraryId: options.libraryId ?? newId(),
    volumeId: newId(),
    store: reflink || hardlink ? 'linked' : 'folder',
    createdAt: new Date(clock.now()).toISOString(),
  };
  // Two processes may make the same library at once: the file is written once, whoever comes second reads it.
  const data = `${JSON.stringify(file, null, 2)}\n`;
  if (!hardlink) return writeOnce(options, { layout, file, data });
  const staged = join(layout.temp, `volume-${file.volumeId}.json`);
  await writeFileAtomic(fileSystem, { path: staged, data });
  try {
    await fileSystem.link(staged, layout.volumeFile);
    await fileSystem.fsyncFolder(layout.root);
    return file;
  } catch (error) {
    const other = isModelkeepError(error, 'io.exists') ? await readVolumeFile(fileSystem, layout) : undefined;
    if (other === undefined) throw error;
    return other;
  } finally {
    await fileSystem.unlink(staged);
  }
}

/** Without hard links no name can be taken and filled at once: a lock makes sure of the one who writes. */
async function writeOnce(
  { fileSystem, lock }: OpenVolumeOptions,
  { layout, file, data }: { readonly layout: VolumeLayout; readonly file: VolumeFile; readonly data: string },
): Promise<VolumeFile> {
  await ensureFolder(fileSystem, layout.locks);
  const held = await lock(layout);
  try {
    const other = await readVolumeFile(fileSystem, layout);
    if (other !== undefined) return other;
    const staged = join(layout.temp, `volume-${file.volumeId}.json`);
    await fileSystem.writeFile(staged, { data });
    await fileSystem.rename(staged, layout.volumeFile);
    await fileSystem.fsyncFolder(layout.root);
    await fileSystem.fsyncFolder(layout.temp);
    return file;
  } finally {
    await held.release();
  }
}

/** What a folder may hold before it becomes a library: our own half-made start, and what systems put everywhere. */
function mayBeBesideNewVolume(name: string): boolean {
  return ['.modelkeep', 'modelkeep.json', 'lost+found', '.DS_Store', 'desktop.ini'].includes(name);
}

async function ensurePrivateFolders(fileSystem: FileSystem, layout: VolumeLayout): Promise<void> {
  const { blobs, temp, quarantine, locks, transactions, pins, trees, trash } = layout;
  for (const folder of [blobs, temp, quarantine, locks, transactions, pins, trees, trash]) {
    await ensureRealFolder(fileSystem, layout.root, folder);
  }
}

/** What a drive without hard links answers; on Windows FAT gives EISDIR for a function that it does not have. */
const HAS_NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL', 'EISDIR']);

/** What the volume is for good must not be decided by an error that passes. */
function unknownLinks(root: string, systemCode: string | undefined): ModelkeepError {
  return new ModelkeepError('library.no-links', {
    message: `whether the drive of ${root} has hard links could not be found out (${systemCode ?? 'no code'})`,
    facts: { root },
    hint: 'check the drive and the permissions of the folder, and try again',
  });
}

function newer(layout: VolumeLayout, format: number): ModelkeepError {
  return formatNewer({ path: layout.root, format, supported: SUPPORTED_FORMAT });
}

function invalid(path: string, reason: string): ModelkeepError {
  return new ModelkeepError('library.invalid', {
    message: `${path} cannot be used as a model library: ${reason}`,
    facts: { path, reason },
    hint: 'choose an empty folder, or one that holds a library',
  });
}
