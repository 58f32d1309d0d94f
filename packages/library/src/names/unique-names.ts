import { createHash } from 'node:crypto';
import { cleanPath, withinLimits } from './clean-name.ts';

/** What two names have in common when a file system may take them for one. */
export function collisionKey(path: string): string {
  return path.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFKC');
}

/** A path with a suffix before its extension, within the limits of a name: `a/b.txt` → `a/b-1f2e3d4c.txt`. */
export function withSuffix(path: string, suffix: string): string {
  const slash = path.lastIndexOf('/');
  const dot = path.lastIndexOf('.');
  const cut = dot > slash + 1 ? dot : path.length;
  return path.slice(0, slash + 1) + withinLimits(path.slice(slash + 1, cut), `-${suffix}${path.slice(cut)}`);
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
 * Cleaned names for the files of one set, unique even where letter case does not count, and none of them that of a folder
 * that another one is in. The first in sorted order keeps its name; another that would collide gets a short hash of its
 * official name, so the result does not depend on order.
 *
 * @param officialNames - distinct paths that {@link judgeName} let pass
 */
export function uniqueCleanNames(officialNames: readonly string[]): Map<string, string> {
  const cleaned = new Map(officialNames.toSorted().map((official) => [official, cleanPath(official)]));
  const taken = new Set([...cleaned.values()].flatMap((name) => foldersOf(name)));
  const names = new Map<string, string>();
  for (const [official, name] of cleaned) {
    let free = name;
    for (let attempt = 0; taken.has(collisionKey(free)); attempt += 1) {
      free = withSuffix(name, shortHash(attempt === 0 ? official : `${official}\n${attempt}`));
    }
    taken.add(collisionKey(free));
    names.set(official, free);
  }
  return names;
}

/** The folders on the way to a file, as what they have in common with names that are taken for them. */
function foldersOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, depth) => collisionKey(segments.slice(0, depth + 1).join('/')));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
