import { basename } from 'node:path';
import type { StoreContext } from '../store-context.ts';
import { openScanState } from '../state/scan-state.ts';
import type { BadContent, ContentSource } from './repair-report.ts';

/**
 * @internal Names first, as places to fetch from, the files outside the library that this machine has seen with the same content: the
 * stores and folders of apps that were scanned. Whoever copies from there compares the hash.
 */
export async function withKnownCopies(context: StoreContext, bad: readonly BadContent[]): Promise<BadContent[]> {
  if (bad.length === 0) return [];
  const known = await openScanState(context).withContents(bad.map(({ sha256 }) => sha256));
  const copies = Map.groupBy(known, ({ sha256 }) => sha256);
  return bad.map((one) => {
    const named = new Set(one.sources.map(({ source }) => (source.provider === 'local' ? source.path : null)));
    const paths = (copies.get(one.sha256) ?? []).filter(({ path }) => !named.has(path));
    return { ...one, sources: [...paths.map(({ path }) => localSource(path)), ...one.sources] };
  });
}

function localSource(path: string): ContentSource {
  const source = { provider: 'local', endpoint: null, repo: null, revision: null, commit: null, path } as const;
  return { source, officialName: basename(path) };
}
