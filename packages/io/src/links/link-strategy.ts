/**
 * A way to make a file or folder appear under another name.
 *
 * - `reflink`: a file of its own that shares the bytes until one of the two is written.
 * - `symlink`: a name that leads to the other one, on whatever drive.
 * - `hardlink`: a second name of the same file, on the same drive.
 * - `junction`: a folder of Windows that leads to another local one; it needs no rights.
 * - `copy`: the same bytes once more.
 */
export type LinkStrategy = 'reflink' | 'symlink' | 'hardlink' | 'junction' | 'copy';

/** Why a strategy may be used. */
export type LinkReason =
  /** Nothing that is done to the one reaches the other, and it takes no room. */
  | 'independent'
  /** It leads there, across drives, and follows when what it leads to is replaced. */
  | 'leads-there'
  /** It is the same file, and takes no room. */
  | 'same-file'
  /** It leads there, without rights that this user lacks. */
  | 'needs-no-rights'
  /** It takes the room of the file once more, which was allowed. */
  | 'copy-allowed';

/** Why a strategy may not be used. */
export type LinkRefusalReason =
  /** The two are on different drives. */
  | 'another-drive'
  /** The drive, or this system, cannot do it. */
  | 'drive-cannot'
  /** The system refuses it to this user: on Windows symlinks need developer mode or an administrator. */
  | 'no-rights'
  /** The app writes into the file, and so would into the original. */
  | 'app-writes'
  /** The app may not read what lies outside its own folders, where the link leads. */
  | 'app-is-confined'
  /** The app does not follow links of this kind. */
  | 'app-ignores-links'
  /** It is there for folders only. */
  | 'files-cannot'
  /** It is there for files only. */
  | 'folders-cannot'
  /** A junction leads to local folders only. */
  | 'network-folder'
  /** Nobody allowed a copy. */
  | 'copy-not-allowed'
  /** The file has as many names as its file system allows. */
  | 'too-many-names';

/** A strategy that may be used. Plain data. */
export interface LinkChoice {
  readonly strategy: LinkStrategy;
  readonly reason: LinkReason;
}

/** A strategy that may not be used. Plain data. */
export interface LinkRefusal {
  readonly strategy: LinkStrategy;
  readonly reason: LinkRefusalReason;
  /** What the system answered, where it was asked. */
  readonly systemCode?: string | undefined;
}

/** What one link of ours is: whoever replaces or removes it compares this with what is there. Plain data. */
export type LinkIdentity =
  /** `target` is what the link says. */
  | { readonly strategy: 'symlink' | 'junction'; readonly target: string }
  /** As decimal text, as {@link FileStatus} has them. */
  | { readonly strategy: 'hardlink'; readonly device: string; readonly inode: string }
  | { readonly strategy: 'reflink' | 'copy'; readonly sizeBytes: number; readonly sha256: string };
