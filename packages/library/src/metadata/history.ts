import {
  factLayers,
  type HistoryEntry,
  type ModelFacts,
  type ModelMetadata,
  type ModelOverrides,
} from '@modelkeep/core';
import { historyEntrySchema } from '@modelkeep/core/schemas';
import { factNames } from './fact-names.ts';
import { stableJson } from './stable-json.ts';

/** Changes that a model remembers; older ones are forgotten. */
export const HISTORY_LIMIT = 200;
/** Characters that all of them take together at most. */
const LONGEST_HISTORY = 64 * 1024;
const LONGEST_TEXT = 500;
const LONGEST_LIST = 50;

/** @internal What is canonical of a model. */
export interface ModelState {
  readonly metadata: ModelMetadata;
  readonly overrides: ModelOverrides;
}

/** @internal When and by what a change came. */
export interface ChangeCause {
  readonly at: string;
  readonly revision: number;
  /** What changed the user's layer. */
  readonly by: HistoryEntry['by'];
}

/** @internal The changes of facts between two states, layer by layer. */
export function changesBetween(before: ModelState, after: ModelState, cause: ChangeCause): HistoryEntry[] {
  const { at, revision } = cause;
  return factLayers.flatMap((layer) => {
    const old = factsOf(before, layer);
    const now = factsOf(after, layer);
    const by = layer === 'user' ? cause.by : 'source';
    return fieldsOf(old, now).flatMap((field) => {
      const from = shortened(old[field]);
      const to = shortened(now[field]);
      if (stableJson(old[field] ?? null) === stableJson(now[field] ?? null)) return [];
      return [{ at, revision, layer, by, field, from, to }];
    });
  });
}

/**
 * @internal What somebody wrote into overrides.json since the last change that is remembered: it comes to light with the
 * next one.
 */
export function changesByHand(state: ModelState, cause: Omit<ChangeCause, 'by'>): HistoryEntry[] {
  const remembered = readHistory(state.metadata);
  const last = new Map<string, unknown>();
  for (const { layer, field, to } of remembered) if (layer === 'user') last.set(field, to);
  const now = factsOf(state, 'user');
  return fieldsOf(Object.fromEntries(last), now).flatMap((field) => {
    // Of a field that a history no longer mentions which has forgotten its beginning nobody knows.
    if (!last.has(field) && (remembered[0]?.revision ?? 2) > 2) return [];
    const from = last.get(field) ?? null;
    const to = shortened(now[field]);
    return stableJson(from) === stableJson(to) ? [] : [{ ...cause, layer: 'user', by: 'file', field, from, to }];
  });
}

/** @internal The changes that a model remembers, the oldest first. What is no entry of this version is skipped. */
export function readHistory({ history = [] }: Pick<ModelMetadata, 'history'>): HistoryEntry[] {
  return history.flatMap((entry) => {
    const parsed = historyEntrySchema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

/** @internal The history with more entries, the oldest of which make room: it is read with the model each time. */
export function grownHistory(history: readonly unknown[] | undefined, entries: readonly unknown[]): readonly unknown[] {
  const grown = [...(history ?? []), ...entries].slice(-HISTORY_LIMIT);
  let room = LONGEST_HISTORY;
  let first = grown.length;
  while (first > 0) {
    room -= JSON.stringify(grown[first - 1]).length;
    // The change that was just made is remembered whatever it takes.
    if (room < 0 && first < grown.length) break;
    first -= 1;
  }
  return grown.slice(first);
}

function factsOf({ metadata, overrides }: ModelState, layer: (typeof factLayers)[number]): Record<string, unknown> {
  const facts: ModelFacts | undefined = layer === 'user' ? overrides.fields : metadata.layers[layer]?.facts;
  return { ...facts };
}

/** The fields of both, in the order of the facts; a later version's come last. */
function fieldsOf(old: object, now: object): string[] {
  const known: readonly string[] = factNames;
  const rank = (field: string): number => (known.includes(field) ? known.indexOf(field) : known.length);
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].toSorted((a, b) => rank(a) - rank(b));
}

function shortened(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return cut(value);
  if (Array.isArray(value)) {
    const items = value.slice(0, LONGEST_LIST).map((item) => shortened(item));
    return value.length > LONGEST_LIST ? [...items, '…'] : items;
  }
  return typeof value === 'object' ? cut(JSON.stringify(value)) : value;
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
