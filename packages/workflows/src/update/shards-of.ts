import type { TreeFile } from '@modelkeep/hf-client';

const SHARD = /^(?<stem>.+)-(?<number>\d{5})-of-(?<count>\d{5})(?<extension>\.[a-z0-9]+)$/iu;

/**
 * @internal The shards that take the place of shards which a repo does not have any more: the whole set of the same stem
 * that was cut anew. Nothing where the old cut is still there.
 *
 * @param gone - paths of weights that were there
 */
export function shardsInPlaceOf(gone: readonly string[], files: readonly TreeFile[]): readonly TreeFile[] {
  const stems = new Set(gone.flatMap((path) => stemOf(path) ?? []));
  const sets = new Map<string, TreeFile[]>();
  for (const file of files) {
    const stem = stemOf(file.path);
    if (stem === null || !stems.has(stem)) continue;
    const count = SHARD.exec(file.path)?.groups?.['count'] ?? '';
    const set = sets.get(`${stem}\n${count}`) ?? [];
    sets.set(`${stem}\n${count}`, [...set, file]);
  }
  // Of several cuts that are whole the one with the fewest parts.
  const whole = [...sets].filter(([key, set]) => Number(key.split('\n')[1]) === set.length);
  return whole.toSorted(([, a], [, b]) => a.length - b.length)[0]?.[1] ?? [];
}

function stemOf(path: string): string | null {
  const { stem, extension } = SHARD.exec(path)?.groups ?? {};
  return stem === undefined ? null : `${stem}${extension}`;
}
