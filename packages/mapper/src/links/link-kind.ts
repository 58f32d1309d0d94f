import type { LinkStrategy } from '@modelkeep/io';

/** How something of ours came to its place: by a link of one of these kinds, or as a file that was written there. */
export type LinkKind = LinkStrategy | 'written';

/** All of them. */
export const linkKinds: readonly LinkKind[] = ['reflink', 'symlink', 'hardlink', 'junction', 'copy', 'written'];

/** @internal Several of them in order, as they are recorded while a link is being made. */
export function kindsOf(strategy: string): readonly LinkKind[] {
  return strategy.split(' ').filter((kind): kind is LinkKind => linkKinds.includes(kind as LinkKind));
}

/** @internal */
export function strategyOf(kinds: readonly LinkKind[]): string {
  return kinds.join(' ');
}
