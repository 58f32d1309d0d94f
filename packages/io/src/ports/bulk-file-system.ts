import type { FileKind, FolderEntry } from './file-system.ts';

/** What an open file is at one moment. */
export interface OpenFileStatus {
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly device: bigint;
  readonly inode: bigint;
}

/** What a name stands for, in the numbers that the system gives at once: large inodes are rounded. */
export interface NameStatus {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  readonly device: number;
  readonly inode: number;
  readonly linkCount: number;
}

/** How a file is opened: to read it, as a new file, or an existing one to go on writing it. */
export type OpenMode = 'read' | 'create' | 'update';

/** A part of a buffer, and where it belongs in the file. */
export interface FileSlice {
  readonly bytes: Uint8Array;
  /** From the file's start. */
  readonly position: number;
}

/**
 * The calls that move bytes. They block, and so run in io workers only. They throw the system's errors as they are: the
 * worker's bodies know the path and translate.
 */
export interface BulkFileSystem {
  /** @returns a descriptor, which the caller closes */
  open(path: string, options: { readonly mode: OpenMode; readonly permissions?: number | undefined }): number;
  close(descriptor: number): void;
  /** May read less than asked; 0 at the end. */
  read(descriptor: number, slice: FileSlice): number;
  /** May write less than asked. */
  write(descriptor: number, slice: FileSlice): number;
  truncate(descriptor: number, sizeBytes: number): void;
  chmod(descriptor: number, mode: number): void;
  fsync(descriptor: number): void;
  fdatasync(descriptor: number): void;
  status(descriptor: number): OpenFileStatus;
  /** Clones the file to a new name; throws where the drive cannot. */
  reflink(existing: string, path: string): void;
  unlink(path: string): void;
  /** The names in a folder, in no order. */
  readFolder(path: string): FolderEntry[];
  nameStatus(path: string, options: { readonly followLinks: boolean }): NameStatus;
  /** What a symbolic link says; throws for what is none. */
  readLink(path: string): string;
  /** The path without links. */
  realPath(path: string): string;
}
