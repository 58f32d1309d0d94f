/** @internal What a link is known by that does not say where it leads. Plain data; absent: not known. */
export interface LinkMark {
  /** Of the linked file, or of the clone or copy itself: as decimal text. */
  readonly device?: string | undefined;
  readonly inode?: string | undefined;
  readonly sizeBytes?: number | undefined;
  /** 64 hex. */
  readonly sha256?: string | undefined;
  /** Of a clone or copy: while it is the same, the bytes need not be read. */
  readonly mtimeMs?: number | undefined;
}

/** @internal A mark as it is recorded. */
export function markText(mark: LinkMark): string {
  return JSON.stringify(mark);
}

/** @internal Rows may come from elsewhere: what is no mark knows nothing again. */
export function readMark(text: string | null): LinkMark {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Nothing is recognised by it.
    return {};
  }
}
