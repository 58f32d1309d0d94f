import { createHash } from 'node:crypto';
import { cleanPath } from './clean-name.ts';

/** What two names have in common when a file system may take them for one. */
export function collisionKey(path: string): string {
  return path.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFKC');
}

/** A path with a short hash before its extension: `a/b.txt` → `a/b-1f2e3d4c.txt`. */
export function withSuffix(path: string, suffix: string): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  const cut = dot > slash + 1 ? dot : path.length;
  return `${path.slice(0, cut)}-${suffix}${path.slice(cut)}`;
}

/** Names in a model's folder that the library and its users write: a source's file never gets one of them. */
const OWN_NAMES = ['metadata.json', 'overrides.json'];

/** Whether a path below a model's folder is one of the library's own files. */
export function isOwnName(name: string): boolean {
  return OWN_NAMES.some((own) => collisionKey(own) === collisionKey(name));
}

/** The path, or where it would be one of the library's own files, the path with a hash of its official name. */
export function notOwnName(name: string, official: string): string {
  return isOwnName(name) ? withSuffix(name, shortHash(official)) : name;
}

/**
 * Cleaned names for the files of one set, unique even where letter case does not count. The first in sorted order keeps
 * its name; another that would collide gets a short hash of its official name, so the result does not depend on order.
 *
 * @param officialNames - distinct paths that {@link judgeName} let pass
 */
export function uniqueCleanNames(officialNames: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const official of officialNames.toSorted()) {
    const cleaned = cleanPath(official);
    const isFree = !taken.has(collisionKey(cleaned));
    const name = isFree ? cleaned : withSuffix(cleaned, shortHash(official));
    taken.add(collisionKey(name));
    names.set(official, name);
  }
  return names;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
