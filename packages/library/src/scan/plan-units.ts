import { dirname } from 'node:path';
import type { WalkedFolder } from '@modelkeep/io';

/** @internal What a walk found to be different from what is known. */
export interface PlannedUnits {
  /** The folders of each unit in which something changed. */
  readonly changed: ReadonlyMap<string, readonly WalkedFolder[]>;
  /** Known folders that the walk did not find. */
  readonly gone: readonly string[];
}

/** @internal The digest that is kept of a folder: it also changes when the folder becomes part of another unit. */
export function keptDigest({ digest, unit, path }: WalkedFolder): string {
  return unit === path ? digest : `${digest} ${unit}`;
}

/**
 * @internal Compares a walk with what is known.
 *
 * @param closed - folders that could not be read: nothing is said of what is below them
 */
export function planUnits(
  walked: ReadonlyMap<string, WalkedFolder>,
  known: ReadonlyMap<string, string>,
  closed: readonly string[],
): PlannedUnits {
  const units = new Map<string, WalkedFolder[]>();
  for (const folder of walked.values()) {
    const unit = units.get(folder.unit);
    if (unit === undefined) units.set(folder.unit, [folder]);
    else unit.push(folder);
  }
  const changedUnits = new Set<string>();
  for (const folder of walked.values()) {
    if (known.get(folder.path) !== keptDigest(folder)) changedUnits.add(folder.unit);
  }
  const shut = new Set(closed);
  const gone: string[] = [];
  for (const [path, digest] of known) {
    if (walked.has(path) || isWithin(path, shut)) continue;
    gone.push(path);
    if (digest === '') continue;
    for (let above = path; ; above = dirname(above)) {
      if (units.has(above)) changedUnits.add(above);
      if (dirname(above) === above) break;
    }
  }
  return { changed: new Map([...changedUnits].map((unit) => [unit, units.get(unit) ?? []])), gone };
}

/** @internal Whether a path is one of some folders or lies below one. */
export function isWithin(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  for (let above = path; ; above = dirname(above)) {
    if (folders.has(above)) return true;
    if (dirname(above) === above) return false;
  }
}
