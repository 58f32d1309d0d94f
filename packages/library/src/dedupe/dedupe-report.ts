/** A file of a folder, as it was looked at. */
export interface DuplicateFile {
  /** Absolute. */
  readonly path: string;
  /** The drive and the file on it, as decimal text. */
  readonly device: string;
  readonly inode: string;
  /** Milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  /** Permission bits. */
  readonly mode: number;
}

/** Files on one drive that have the same bytes and take the room of each. */
export interface DuplicateGroup {
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The one that stays as it is. */
  readonly keep: DuplicateFile;
  /** Those that can share its bytes. */
  readonly duplicates: readonly DuplicateFile[];
  /** Size of all duplicates together, names of one file counted once. */
  readonly bytesApparent: number;
  /** What the drive gets back: nothing for a file that has names elsewhere too. */
  readonly bytesOnDisk: number;
}

/** Something that is left as it is. */
export interface LeftAlone {
  readonly path: string;
  /** For people. */
  readonly reason: string;
}

/** What was found in a folder. Plain data: it can be shown, kept, and acted on later. */
export interface DuplicatesReport {
  /** Absolute. */
  readonly folder: string;
  readonly files: number;
  /** Files of a size that no other file has are not read. */
  readonly bytesHashed: number;
  /** Files that share all of their bytes with one that is kept, by reflink. Linux tells where `filefrag` is installed; else 0. */
  readonly filesSharing: number;
  readonly groups: readonly DuplicateGroup[];
  readonly leftAlone: readonly LeftAlone[];
  readonly bytesApparent: number;
  /**
   * What the drive would get back. Where nobody tells whether files share their bytes by reflink already, they count as if
   * they did not.
   */
  readonly bytesOnDisk: number;
}

/** A file that shares the bytes of another one now. To undo it, copy the file and rename the copy to its name. */
export interface SharedFile {
  readonly path: string;
  /** The one whose bytes it has. */
  readonly sharesWith: string;
  /** `reflink`: a change to one does not change the other. `hardlink`: it does. */
  readonly method: 'reflink' | 'hardlink';
  readonly sha256: string;
  readonly sizeBytes: number;
  /** As they were before; a reflink has them still. */
  readonly mode: number;
  readonly mtimeMs: number;
}

/** What was done with duplicates. Plain data. */
export interface SharingReport {
  readonly shared: readonly SharedFile[];
  readonly leftAlone: readonly LeftAlone[];
  readonly bytesApparent: number;
  readonly bytesOnDisk: number;
}

/** How duplicates are looked for. */
export interface FindDuplicatesOptions {
  /** Smaller files are passed over: they save little, and apps rewrite them. @default 1 MiB */
  readonly minBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How duplicates come to share their bytes. */
export interface ShareDuplicatesOptions {
  /**
   * Makes hard links where the drive has no reflinks. Then a program that writes to one of the files changes all of them.
   *
   * @default false
   */
  readonly allowHardlinks?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}
