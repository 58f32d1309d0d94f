/** Which files of a folder are looked at. */
export interface WalkRules {
  /** Extensions of the files that are looked for, in lower case and without a dot. */
  readonly extensions: readonly string[];
  /** Extensions of small files that matter when they stand beside one of those. */
  readonly besides: readonly string[];
}

/** How {@link Io.walkTree} walks. */
export interface WalkTreeOptions extends WalkRules {
  /** Absolute, without links on the way. */
  readonly roots: readonly string[];
  /** Folders that are passed over, such as the library itself. */
  readonly leaveOut?: readonly string[] | undefined;
  /** Takes the folders as they are found, many at a time. */
  readonly onFolders: (folders: readonly WalkedFolder[]) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A folder that holds at least one of the files that are looked for, or belongs to a set that does. */
export interface WalkedFolder {
  readonly path: string;
  /** The folder that is taken as one with this one: the nearest above it with a model_index.json, or itself. */
  readonly unit: string;
  /** Changes when a name, size, mtime, inode or drive of what is looked at in it does. */
  readonly digest: string;
  /** Files that are looked for. */
  readonly files: number;
  readonly bytes: number;
}

/** What was passed over on a walk, and why. */
export interface WalkNote {
  readonly path: string;
  readonly reason:
    | 'hidden'
    | 'library'
    | 'link-to-folder'
    | 'broken-link'
    | 'special-file'
    | 'too-deep'
    | 'unreadable'
    | 'unusable-name';
  /** The system's code, for what is unreadable. */
  readonly systemCode?: string | undefined;
}

/** The folder of another tool that keeps files by their digests: it is not walked. */
export interface WalkedStore {
  readonly path: string;
  readonly kind: 'hugging-face' | 'ollama';
}

/** What a walk found besides the folders. */
export interface WalkedTree {
  readonly notes: readonly WalkNote[];
  readonly stores: readonly WalkedStore[];
  /** Every drive that a folder of the walk is on, as decimal text. */
  readonly devices: readonly string[];
}

/** A file of a walked folder. */
export interface ListedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly device: string;
  readonly inode: string;
  /** Names that this file has. */
  readonly linkCount: number;
  /** Of a link: the file that it leads to, without links on the way. */
  readonly leadsTo: string | null;
}

/** What stands in a folder now. */
export interface ListedFolder {
  readonly path: string;
  /** The system's code where the folder is there and cannot be read any more; then it has no files here. */
  readonly unreadable?: string | undefined;
  readonly files: readonly ListedFile[];
}
