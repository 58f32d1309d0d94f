import type { HashAlgorithm, Digests } from './hashing/hasher.ts';
import type { Blake3Kind } from './hashing/blake3.ts';
import type { FileSink, FinishedFile, OpenSinkOptions } from './sink/file-sink.ts';
import type { DriveInfo } from './drives/drive-info.ts';
import type { FileKind, FileSystem } from './ports/file-system.ts';
import type { DriveQueues } from './queue/drive-queues.ts';
import type { IoPriority } from './queue/priority.ts';
import type { CheckPlaceOptions, PlaceReport } from './validation/place-report.ts';
import type { ListedFolder, WalkedTree, WalkRules, WalkTreeOptions } from './walk/walk-types.ts';

/** What every bulk operation takes. */
export interface BulkOptions {
  /** Who goes first where the drive is busy. @default 'import' for hashing and copying, 'download' for what is written */
  readonly priority?: IoPriority | undefined;
}

/** How {@link Io.hashFile} works. */
export interface HashFileOptions<A extends HashAlgorithm = HashAlgorithm> extends BulkOptions {
  /** All of them are computed in one read of the bytes. */
  readonly algorithms: readonly A[];
  readonly signal?: AbortSignal | undefined;
  /** Takes the bytes read so far. */
  readonly onProgress?: ((bytesDone: number) => void) | undefined;
}

/** A file that was read from start to end. */
export interface HashedFile<A extends HashAlgorithm = HashAlgorithm> {
  readonly sizeBytes: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  readonly digests: Digests<A>;
}

/** What {@link Io.copyFile} copies. */
export interface CopyFileOptions<A extends HashAlgorithm = HashAlgorithm> extends HashFileOptions<A> {
  readonly source: string;
  /** The new file. Nothing may be there, and its folder exists. */
  readonly target: string;
  /** Permission bits of the new file. @default 0o644 */
  readonly mode?: number | undefined;
}

/** A file that was copied: size and digests of both, mtime of the source. */
export interface CopiedFile<A extends HashAlgorithm = HashAlgorithm> extends HashedFile<A> {
  readonly method: 'reflink' | 'copy';
}

/** What {@link Io.copyPrefix} copies. */
export interface CopyPrefixOptions extends BulkOptions {
  readonly source: string;
  /** The new file. Nothing may be there, and its folder exists. */
  readonly target: string;
  readonly sizeBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link Io.readPieces} reads. */
export interface ReadPiecesRange extends BulkOptions {
  readonly startBytes: number;
  /** Behind the last byte. */
  readonly endBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link Io.writeWhole} writes. */
export interface WriteWholeOptions extends BulkOptions {
  /** The new file. Nothing may be there, and its folder exists. */
  readonly path: string;
  /** Copied to the worker: meant for small files. */
  readonly bytes: Uint8Array;
  readonly algorithms: readonly HashAlgorithm[];
  /** Permission bits. @default 0o644 */
  readonly mode?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file that was written at once. */
export interface WrittenFile extends FinishedFile {
  /** Where the file is, as decimal text. */
  readonly device: string;
  readonly inode: string;
}

/** Bulk work on files, off the calling thread, in the queue of each drive. */
export interface Io extends AsyncDisposable {
  /** The small calls. */
  readonly fileSystem: FileSystem;
  /**
   * Digests of a file, read once through one descriptor.
   *
   * @throws `io.changed-while-read`, `io.not-found`, `io.permission`, `io.failed`, `signal.reason`
   */
  hashFile<A extends HashAlgorithm>(path: string, options: HashFileOptions<A>): Promise<HashedFile<A>>;
  /**
   * A durable copy, as a reflink where the drive can, hashed in the same read. When it fails there is no target. The
   * folder is not fsynced.
   *
   * @throws `io.exists`, `io.disk-full`, `io.changed-while-read`, `io.not-found`, `io.permission`, `io.failed`, `signal.reason`
   */
  copyFile<A extends HashAlgorithm>(options: CopyFileOptions<A>): Promise<CopiedFile<A>>;
  /**
   * A durable new file of the first bytes of another one, which may be written behind them meanwhile. When it fails
   * there is no target.
   *
   * @throws `io.exists`, `io.disk-full`, `io.changed-while-read` when the source is shorter, `io.failed`, `signal.reason`
   */
  copyPrefix(options: CopyPrefixOptions): Promise<void>;
  /**
   * A new, durable file of bytes that are all there, hashed. When it fails there is no file. The folder is not fsynced.
   *
   * @throws `io.exists`, `io.disk-full`, `io.not-found`, `io.permission`, `io.failed`, `signal.reason`
   */
  writeWhole(options: WriteWholeOptions): Promise<WrittenFile>;
  /**
   * A part of a file in pieces of 1 MiB at most, through one descriptor, each read by a worker once the drive has a place for it. A file
   * that is removed meanwhile is read to its end. Whoever leaves the loop closes the file.
   *
   * @throws `io.not-found`, `io.permission`, `io.changed-while-read` where the file is shorter, `io.failed`, `core.closed`, `signal.reason`
   */
  readPieces(path: string, range: ReadPiecesRange): AsyncIterable<Uint8Array>;
  /**
   * Opens a file that is written in the worker, at several places at once, while it is hashed.
   *
   * @throws `io.exists`, `io.not-found` when one that is to be continued is missing, `io.failed`, `io.permission`
   */
  openSink(options: OpenSinkOptions & BulkOptions): Promise<FileSink>;
  /**
   * The drive of a path, or of the deepest folder above it that exists. Cheap: mounts and disks are looked up once.
   *
   * @throws `io.*` when not even the root can be looked at, `signal.reason`
   */
  driveOf(path: string, signal?: AbortSignal): Promise<DriveInfo>;
  /**
   * What keeps a path from being read or written, and what to know before it is. A target that exists is tried with a file
   * that is removed again; nothing else is changed.
   *
   * @throws `signal.reason`; whatever is wrong with the place is a finding
   */
  checkPlace(path: string, options: CheckPlaceOptions): Promise<PlaceReport>;
  /** The queues that this shares with everything else in the process, unless it was given others. */
  driveQueues(): DriveQueues;
  /**
   * Walks folders for files of certain extensions, never through a link, and says of each folder whether it changed since
   * another walk. A folder that cannot be read is a note, and not the end.
   *
   * @throws `signal.reason`
   */
  walkTree(options: WalkTreeOptions): Promise<WalkedTree>;
  /** What stands in folders that a walk found. One that is gone is left out, one that cannot be read says so. @throws `signal.reason` */
  listFolders(
    folders: readonly string[],
    options: WalkRules & { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly ListedFolder[]>;
  /**
   * What many names stand for, links not followed; null for one that is not there, or cannot be looked at.
   *
   * @throws `signal.reason`
   */
  kindsOf(paths: readonly string[], signal?: AbortSignal): Promise<readonly (FileKind | null)[]>;
  /**
   * What many symbolic links say; null for what is none, is not there, or cannot be looked at.
   *
   * @throws `signal.reason`
   */
  linkTextsOf(paths: readonly string[], signal?: AbortSignal): Promise<readonly (string | null)[]>;
  /** Bytes that can still be written at a path, whose folders need not exist. */
  freeBytes(path: string): Promise<number>;
  /** Which BLAKE3 the workers use. */
  blake3Kind(): Blake3Kind;
  /** Closes open sinks as they are and ends the workers; running calls fail with `workers.died`. */
  close(): Promise<void>;
}
