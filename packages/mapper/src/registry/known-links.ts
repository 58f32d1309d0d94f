import type { KnownLink } from '../links/link-hands.ts';
import type { RegisteredLink } from './link-row.ts';

/** @internal What a row says of the link that is being replaced; null when none is. */
export function previousLink(row: RegisteredLink): KnownLink | null {
  const { previous, previousSource } = row;
  if (previousSource === null) return null;
  if (previous === null) return { source: previousSource, strategy: 'symlink', mark: null, content: null };
  return JSON.parse(previous) as KnownLink;
}

/** @internal The links that a row allows at its place: the one that it speaks of, and the one before while it is replaced. */
export function knownLinks(row: RegisteredLink): readonly KnownLink[] {
  const previous = previousLink(row);
  return previous === null ? [row] : [row, previous];
}
