/** @internal Sources that are looked at in one go. */
export interface SourceLook {
  readonly sources: string[];
  /** What they stand for, null for nothing that can be linked; null until it is known. */
  kinds: readonly ('file' | 'folder' | null)[] | null;
  /** Resolves when it is. */
  done: Promise<void>;
}

/** @internal What is looked at with others, and its place among them; null while nobody has asked. */
export interface LookedAt {
  look: SourceLook | null;
  lookedAt: number;
}
