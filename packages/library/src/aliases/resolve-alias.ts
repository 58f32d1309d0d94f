import { commonSegments, comparablePath, type ComparablePath, type ModelRecord } from '@modelkeep/core';
import { modelFilePath } from '../models/model-folder.ts';
import type { StoreContext } from '../store-context.ts';

const PAGE = 500;

/** @internal The model that a path of any system means, null where none or several could be. */
export async function resolveAlias(
  context: StoreContext,
  path: string,
  signal?: AbortSignal,
): Promise<ModelRecord | null> {
  const wanted = comparablePath(path);
  if (wanted === null) return null;
  let best = 0;
  let found: ModelRecord[] = [];
  for (let after: string | undefined; ;) {
    const page = await context.index.list({ limit: PAGE, after, signal });
    for (const record of page.records) {
      const score = scoreOf(context, record, wanted);
      if (score === 0 || score < best) continue;
      if (score > best) found = [];
      best = score;
      found.push(record);
    }
    if (page.next === null) break;
    after = page.next;
  }
  const [only] = found;
  return found.length === 1 && only !== undefined ? only : null;
}

/** The whole of it counts most. */
const EXACT = 10_000;

/**
 * How well a path fits one that the model is known by. A part of a path has to be the end of one that is known, or the
 * other way round; paths with two different roots need a folder in common beside the name.
 */
function scoreOf(context: StoreContext, record: ModelRecord, wanted: ComparablePath): number {
  let best = 0;
  for (const known of knownPaths(context, record)) {
    const common = commonSegments(wanted.segments, known.segments);
    const isWhole = common === wanted.segments.length && common === known.segments.length;
    const isEnd =
      (!wanted.isAbsolute && common === wanted.segments.length) ||
      (!known.isAbsolute && common === known.segments.length);
    if (isWhole) best = Math.max(best, EXACT);
    else if (isEnd || common >= 2) best = Math.max(best, common);
  }
  return best;
}

function knownPaths({ layout }: StoreContext, record: ModelRecord): ComparablePath[] {
  const weights = record.files.filter(({ role }) => role === 'weights');
  const paths = [
    ...(record.aliases ?? []),
    ...weights.map((file) => modelFilePath(layout, record, file)),
    ...weights.flatMap(({ source }) => (source?.provider === 'local' ? (source.path ?? []) : [])),
  ];
  return paths.flatMap((path) => comparablePath(path) ?? []);
}
