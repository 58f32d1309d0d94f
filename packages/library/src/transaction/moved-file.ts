/** A file of somebody's that is to become the library's: what it was when it was hashed. */
export interface MovedFile {
  /** Absolute, without links. */
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Permission bits, for when it stays what it was. */
  readonly mode: number;
  readonly sha256: string;
}
