import { commonSegments, type ComparablePath } from '@modelkeep/core';

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
 * For engines: The content that a path means, as decision 33 has it: the longest common end counts, and where several fit
 * equally well it is none. Among those, what no server has any more gives way to the one that is there.
 */
export function chooseByPath(wanted: ComparablePath, candidates: readonly PathCandidate[]): number | null {
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
