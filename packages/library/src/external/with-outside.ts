import type { ModelMetadata } from '@modelkeep/core';
import { mergeExported } from '../exchange/merge-exported.ts';
import { grownHistory, type ModelState } from '../metadata/history.ts';
import { stableJson } from '../metadata/stable-json.ts';
import { originOf } from './taken-in.ts';

/**
 * @internal A model of the library with all that is known of it outside, where it was another model: what a person has
 * stated of the one in the library counts before what one has stated outside, which the history keeps.
 *
 * @returns the same objects where it knows everything
 */
export function withOutside(present: ModelState, outside: ModelState): ModelState {
  const stored = new Map(present.metadata.files.map((file) => [file.sha256, file]));
  const files = outside.metadata.files.flatMap((file) => {
    const name = stored.get(file.sha256)?.name;
    return name === undefined ? [] : [{ ...file, name }];
  });
  const exported = { metadata: { ...outside.metadata, files }, overrides: outside.overrides };
  const { metadata, overrides } = mergeExported(present, exported, { replaceEdits: false });
  const joined = withTies(metadata, outside.metadata);
  return { metadata: stableJson(joined) === stableJson(present.metadata) ? present.metadata : joined, overrides };
}

/** What ties a model to others and to its past: an export leaves that to each library. */
function withTies(present: ModelMetadata, outside: ModelMetadata): ModelMetadata {
  const before = new Map(outside.files.map((file) => [file.sha256, file]));
  const files = present.files.map((file) => {
    const same = before.get(file.sha256);
    return same === undefined ? file : { ...file, ...originOf(file, same) };
  });
  const formerIds = [...new Set([...(present.formerIds ?? []), ...(outside.formerIds ?? []), outside.id])].toSorted();
  const known = new Set(present.companions.map(({ id }) => id));
  const companions = [...present.companions, ...outside.companions.filter(({ id }) => !known.has(id))];
  const supersedes = present.supersedes ?? outside.supersedes;
  const [lastUsedAt] = [present.lastUsedAt, outside.lastUsedAt]
    .filter((at) => at !== undefined)
    .toSorted()
    .toReversed();
  const history = joinedHistory(present, outside);
  return {
    ...present,
    files,
    formerIds,
    companions,
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(history.length === 0 ? {} : { history }),
  };
}

/** What was said outside comes first: of a field the last entry is what the library's own file says. */
function joinedHistory({ history = [] }: ModelMetadata, outside: ModelMetadata): readonly unknown[] {
  const known = new Set(history.map((entry) => stableJson(entry)));
  const fresh = (outside.history ?? []).filter((entry) => !known.has(stableJson(entry)));
  return fresh.length === 0 ? history : grownHistory(fresh, history);
}
