/** @internal A name in a folder, before and after a change; null where there is none. */
export interface NameChange {
  readonly folder: number;
  readonly name: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** @internal A change of names that a power loss keeps or takes back as a whole. */
export interface PendingNames {
  readonly changes: readonly NameChange[];
  /** Folders that have to be fsynced until it is durable: of a rename, both. */
  readonly unsynced: ReadonlySet<number>;
  /** The folder that goes with it, for its removal: nothing that was done in it before may come after. */
  readonly removed: number | null;
}

/** @internal Whether `later` cannot be on the disk without `earlier`. */
export function needs(later: PendingNames, earlier: PendingNames): boolean {
  return earlier.changes.some(
    ({ folder, name }) =>
      folder === later.removed || later.changes.some((change) => change.folder === folder && change.name === name),
  );
}

/**
 * @internal Those of the changes that a set of wanted ones brings along.
 *
 * @param pending - in the order in which they were made
 */
export function withNeeded(pending: readonly PendingNames[], wanted: ReadonlySet<PendingNames>): Set<PendingNames> {
  const taken = new Set<PendingNames>();
  for (let position = pending.length - 1; position >= 0; position -= 1) {
    const change = pending[position];
    if (change === undefined) continue;
    if (wanted.has(change) || [...taken].some((later) => needs(later, change))) taken.add(change);
  }
  return taken;
}
