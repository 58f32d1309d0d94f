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
  const [id] = await resolveAliases(context, [path], signal);
  return id === undefined || id === null ? null : context.index.get(id);
}

/** A path that is looked for, and the models that fit it best so far. */
interface Wanted {
  readonly path: ComparablePath;
  best: number;
  ids: string[];
}

/** @internal For each path the id of the model that it means; the models are gone through once. */
export async function resolveAliases(
  context: StoreContext,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<(string | null)[]> {
  const wanted = paths.map((text): Wanted | null => {
    const path = comparablePath(text);
    return path === null ? null : { path, best: 0, ids: [] };
  });
  const byName = Map.groupBy(
    wanted.filter((one) => one !== null),
    ({ path }) => path.segments.at(-1),
  );
  if (byName.size === 0) return wanted.map(() => null);
  for (let after: string | undefined; ;) {
    const page = await context.index.list({ limit: PAGE, after, signal });
    for (const record of page.records) compare(record, { known: knownPaths(context, record), byName });
    if (page.next === null) break;
    after = page.next;
  }
  return wanted.map((one) => (one?.ids.length === 1 ? (one.ids[0] ?? null) : null));
}

interface Comparison {
  readonly known: readonly ComparablePath[];
  /** What is looked for, by the last segment: two paths of one file have it in common. */
  readonly byName: ReadonlyMap<string | undefined, readonly Wanted[]>;
}

function compare({ id }: ModelRecord, { known, byName }: Comparison): void {
  for (const path of known) {
    for (const one of byName.get(path.segments.at(-1)) ?? []) {
      const score = scoreOf(path, one.path);
      if (score === 0 || score < one.best) continue;
      if (score > one.best) one.ids = [];
      one.best = score;
      if (!one.ids.includes(id)) one.ids.push(id);
    }
  }
}

/** The whole of it counts most. */
const EXACT = 10_000;

/**
 * How well a path fits one that a model is known by. A part of a path has to be the end of one that is known, or the other
 * way round; paths with two different roots need a folder in common beside the name.
 */
function scoreOf(known: ComparablePath, wanted: ComparablePath): number {
  const common = commonSegments(wanted.segments, known.segments);
  if (common === wanted.segments.length && common === known.segments.length) return EXACT;
  const isEnd =
    (!wanted.isAbsolute && common === wanted.segments.length) ||
    (!known.isAbsolute && common === known.segments.length);
  return isEnd || common >= 2 ? common : 0;
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
