import { join } from 'node:path';
import { isModelkeepError, ModelkeepError, newId, type Clock, type VolumeFile } from '@modelkeep/core';
import { volumeFileSchema } from '@modelkeep/core/schemas';
import { ensureFolder, probeLinks, readJson, writeFileAtomic, type FileSystem } from '@modelkeep/io';
import { formatNewer, readableDocument, volumeVersions } from '../metadata/schema-versions.ts';
import { volumeLayout, type VolumeLayout } from './layout.ts';
import { ensureRealFolder } from './require-real-folders.ts';

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
 * `library.no-links` when the drive can give a file no second name, `io.*`
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
  const abilities = await probeLinks(fileSystem, layout.temp);
  if (!abilities.reflink && !abilities.hardlink) {
    throw new ModelkeepError('library.no-links', {
      message: `the drive of ${layout.root} can make neither reflinks nor hard links, so a model could not be stored once`,
      facts: { root: layout.root },
      hint: 'put the library on a drive with ext4, btrfs, XFS, APFS or NTFS',
    });
  }
  const file: VolumeFile = {
    format: SUPPORTED_FORMAT,
    minReader: SUPPORTED_FORMAT,
    minWriter: SUPPORTED_FORMAT,
    libraryId: newId(),
    volumeId: newId(),
    store: 'linked',
    createdAt: new Date(clock.now()).toISOString(),
  };
  // Two processes may make the same library at once: the file is written once, whoever comes second reads it.
  const staged = join(layout.temp, `volume-${file.volumeId}.json`);
  await writeFileAtomic(fileSystem, { path: staged, data: `${JSON.stringify(file, null, 2)}\n` });
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
