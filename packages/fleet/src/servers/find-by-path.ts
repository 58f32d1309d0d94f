import { commonSegments, comparablePath, type ComparablePath } from '@modelkeep/core';
import { contentPath } from './content-names.ts';

/** For engines: A content with one of the paths that it is known by. */
export interface PathCandidate {
  readonly contentKey: number;
  /** Segments with `/` between. */
  readonly path: string;
  readonly isAbsolute: boolean;
  /** Whether a server has it now. */
  readonly isThere: boolean;
}

/** For engines: More contents of one file name than this, and the name alone says nothing. */
export const MAX_CANDIDATES = 2_000;

/** The whole of it counts most. */
const EXACT = 10_000;

/**
 * The content that a path means, as decision 33 has it: the longest common end counts, and where several fit
 * equally well it is none. Among those, what no server has any more gives way to the one that is there.
 */
function chooseByPath(wanted: ComparablePath, candidates: readonly PathCandidate[]): number | null {
  let highest = 1;
  let found: PathCandidate[] = [];
  for (const candidate of candidates) {
    const score = scoreOf(wanted, candidate);
    if (score < highest) continue;
    if (score > highest) found = [];
    highest = score;
    found.push(candidate);
  }
  return onlyOne(found) ?? onlyOne(found.filter(({ isThere }) => isThere));
}

/** For engines: A path of a query, and what is known of it in the store. */
export interface AskedPath {
  /** Which of the queries. */
  readonly place: number;
  /** The name of its file. */
  readonly name: string;
  readonly path: string;
}

/** For engines: Reads what is known by these paths, or by the names of their files alone; by their places, at most {@link MAX_CANDIDATES} and one more. */
export type ReadCandidates = (
  asked: readonly AskedPath[],
  by: 'path' | 'name',
) => Promise<ReadonlyMap<number, readonly PathCandidate[]>>;

/** For engines: The contents that paths mean, by their places; those that mean none are left out. All are looked for at once. */
export async function findByPath(
  paths: readonly { readonly path: string; readonly place: number }[],
  read: ReadCandidates,
): Promise<ReadonlyMap<number, number>> {
  const wanted = paths.flatMap(({ path, place }) => {
    const comparable = comparablePath(path);
    return comparable === null ? [] : [{ place, comparable, ...contentPath(comparable) }];
  });
  const readSome = (asked: readonly AskedPath[], by: 'path' | 'name'): ReturnType<ReadCandidates> =>
    asked.length === 0 ? Promise.resolve(new Map()) : read(asked, by);
  const whole = await readSome(wanted, 'path');
  const others = wanted.filter(({ place }) => !whole.has(place));
  const named = await readSome(others, 'name');
  const found = new Map<number, number>();
  for (const { place, comparable } of wanted) {
    const candidates = whole.get(place) ?? named.get(place) ?? [];
    if (!whole.has(place) && candidates.length > MAX_CANDIDATES) continue;
    const key = chooseByPath(comparable, candidates);
    if (key !== null) found.set(place, key);
  }
  return found;
}

function onlyOne(candidates: readonly PathCandidate[]): number | null {
  const [only, ...others] = new Set(candidates.map(({ contentKey }) => contentKey));
  return others.length === 0 ? (only ?? null) : null;
}

function scoreOf({ segments, isAbsolute }: ComparablePath, candidate: PathCandidate): number {
  const known = candidate.path.split('/');
  const common = commonSegments(segments, known);
  if (common === segments.length && common === known.length) return EXACT;
  const isEnd = (!isAbsolute && common === segments.length) || (!candidate.isAbsolute && common === known.length);
  return isEnd || common >= 2 ? common : 0;
}
