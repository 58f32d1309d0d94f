/** What a name in a folder stands for. */
export type FileKind = 'file' | 'folder' | 'symlink' | 'other';

/** What the system knows about a file. Plain data. */
export interface FileStatus {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  /** What the drive has set aside for it: less than the size for a file with holes; bytes that reflinks share count in each. */
  readonly diskBytes: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  /** When bytes, permissions or names of the file last changed, in milliseconds since 1970; on some systems `mtimeMs`. */
  readonly ctimeMs: number;
  /** Permission bits, such as `0o644`. */
  readonly mode: number;
  /** Names that this file has. */
  readonly linkCount: number;
  /** The drive, as decimal text: a number would round it on some systems. */
  readonly device: string;
  /** The file on its drive, as decimal text. Equal device and inode: two names of one file. */
  readonly inode: string;
}

/** A name in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** The room on a drive. */
export interface DriveSpace {
  /** Bytes that this user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** The system's number for the kind of file system, 0 where it has none. */
  readonly typeId: number;
  /** Files that can still be made; null or undefined where the file system has no such limit, or does not tell. */
  readonly freeFiles?: number | null | undefined;
}

/** How {@link FileSystem.readFile} reads. */
export interface ReadFileOptions {
  /** A larger file is refused with `io.failed` (`EFBIG`) before it is read. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link FileSystem.writeFile} writes. */
export interface WriteFileOptions {
  readonly data: Uint8Array | string;
  /** Permission bits of the new file. @default 0o644 */
  readonly mode?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What {@link FileSystem.symlink} makes. */
export interface SymlinkOptions {
  /** What the link says: absolute, or relative to the link's folder. */
  readonly target: string;
  /** The link. */
  readonly path: string;
  /** What the target is; only Windows asks. @default 'file' */
  readonly kind?: 'file' | 'folder' | 'junction' | undefined;
}

/** A file that only grows, such as a journal. */
export interface AppendFile {
  /** Writes all of it behind the last byte and waits until it is durable (fdatasync). */
  append(data: Uint8Array | string): Promise<void>;
  close(): Promise<void>;
}

/**
 * The small calls to the file system. Each method is one step that a crash can separate from the next; bulk reading and
 * writing is not here (see {@link BulkFileSystem}). Calls without a `signal` cannot be interrupted by the system.
 *
 * Every method rejects with an `io.*` error whose cause is the system's error; {@link systemCodeOf} tells its code.
 */
export interface FileSystem {
  /** Makes one folder. @throws `io.exists`, `io.not-found` when the parent is missing */
  mkdir(path: string): Promise<void>;
  readdir(path: string): Promise<readonly FolderEntry[]>;
  /** Of the name itself, a link included. */
  lstat(path: string): Promise<FileStatus>;
  /** Of what the name leads to. */
  stat(path: string): Promise<FileStatus>;
  readFile(path: string, options: ReadFileOptions): Promise<Uint8Array>;
  /** Creates the file, writes all of it and fsyncs it; the name becomes durable with {@link FileSystem.fsyncFolder}. @throws `io.exists` */
  writeFile(path: string, options: WriteFileOptions): Promise<void>;
  /** Creates an empty file to append to. @throws `io.exists` */
  createAppend(path: string): Promise<AppendFile>;
  /** Takes the name `to` away from what had it before. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for the same file. @throws `io.exists` */
  link(existing: string, path: string): Promise<void>;
  /** A new file that shares the bytes until one of them is written; never a copy. @throws `io.exists`, `io.failed` where the drive cannot */
  reflink(existing: string, path: string): Promise<void>;
  /** @throws `io.exists` */
  symlink(options: SymlinkOptions): Promise<void>;
  readlink(path: string): Promise<string>;
  unlink(path: string): Promise<void>;
  /** Removes an empty folder. */
  rmdir(path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  /** Sets the time of the last change, in milliseconds since 1970; the time of the last access becomes the same. */
  setModifiedAt(path: string, mtimeMs: number): Promise<void>;
  /** Makes bytes and attributes of a file durable. */
  fsyncFile(path: string): Promise<void>;
  /** Makes the names in a folder durable; does nothing on Windows, where a folder cannot be opened. */
  fsyncFolder(path: string): Promise<void>;
  statfs(path: string): Promise<DriveSpace>;
  /** The path without links. */
  realpath(path: string): Promise<string>;
}
