import { collapseName } from './collapse-name.ts';

/** A tensor as classification sees it, whatever the file's format. */
export interface TensorFact {
  /** The format's own name of the element type. */
  readonly dtype: string;
  /** In torch's order: outputs before inputs. */
  readonly shape: readonly number[];
}

/** All tensors whose names differ in numbers only. */
export interface PatternFact {
  /** The first of them in the order of their names' characters. */
  readonly name: string;
  readonly count: number;
  /** The largest number at each `#` of the pattern. */
  readonly maxIndices: readonly number[];
  /** The shapes that occur, each once. */
  readonly shapes: readonly (readonly number[])[];
}

/** Tensors under the names that rules are written in. Nothing in it depends on the order of the tensors. */
export interface TensorView {
  /** What was taken off the names, empty for none. */
  readonly prefix: string;
  readonly tensorCount: number;
  /** Names with `#` for each number, with what is known of their tensors. A model has a few hundred at most. */
  readonly patterns: ReadonlyMap<string, PatternFact>;
  /** The first pattern, in the order of characters, that begins so. */
  firstBelow(beginning: string): PatternFact | undefined;
  /** The tensor of this name without the prefix; after a `/`: of this name as it stands in the file. */
  get(name: string): TensorFact | undefined;
  /** Every tensor, under its name without the prefix. */
  entries(): Iterable<readonly [string, TensorFact]>;
  /** Two-dimensional shapes may be stored either way round (some GGUF writers). */
  readonly eitherOrder: boolean;
}

/** Longer names belong to no known model and are not looked at. */
const MAX_NAME_LENGTH = 512;
/** No known model has as many names that differ in more than numbers: what is beyond is not looked at. */
const MAX_PATTERNS = 5000;

/** All tensors under the names of the file; null where there are too many kinds of names for any known model. */
export function rawView(
  tensors: ReadonlyMap<string, TensorFact>,
  options: { readonly eitherOrder: boolean },
): TensorView | null {
  const patterns = patternsOf(tensors);
  if (patterns === null) return null;
  return {
    prefix: '',
    tensorCount: tensors.size,
    patterns,
    firstBelow: finderOf(patterns),
    get: (name) => tensors.get(name.startsWith('/') ? name.slice(1) : name),
    entries: () => tensors,
    eitherOrder: options.eitherOrder,
  };
}

/** The tensors below a prefix, or null where there is none. */
export function viewBelow(view: TensorView, prefix: string): TensorView | null {
  if (prefix === '') return view;
  const patterns = new Map<string, PatternFact>();
  let tensorCount = 0;
  for (const [pattern, fact] of view.patterns) {
    if (!pattern.startsWith(prefix)) continue;
    patterns.set(pattern.slice(prefix.length), fact);
    tensorCount += fact.count;
  }
  if (tensorCount === 0) return null;
  return {
    prefix: view.prefix + prefix,
    tensorCount,
    patterns,
    firstBelow: finderOf(patterns),
    get: (name) => view.get(name.startsWith('/') ? name : prefix + name),
    entries: () => entriesBelow(view, prefix),
    eitherOrder: view.eitherOrder,
  };
}

/** @internal Sorts at the first question: most views are asked none. */
export function finderOf(patterns: ReadonlyMap<string, PatternFact>): TensorView['firstBelow'] {
  let sorted: readonly string[] | undefined;
  return (beginning) => {
    sorted ??= [...patterns.keys()].sort();
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? '') < beginning) low = middle + 1;
      else high = middle;
    }
    const found = sorted[low];
    return found?.startsWith(beginning) === true ? patterns.get(found) : undefined;
  };
}

function* entriesBelow(view: TensorView, prefix: string): Iterable<readonly [string, TensorFact]> {
  for (const [name, fact] of view.entries()) if (name.startsWith(prefix)) yield [name.slice(prefix.length), fact];
}

interface Collected {
  name: string;
  count: number;
  maxIndices: number[];
  readonly shapes: Map<string, readonly number[]>;
}

/** @internal Null where there are more patterns than any model has. */
export function patternsOf(tensors: Iterable<readonly [string, TensorFact]>): Map<string, PatternFact> | null {
  const found = new Map<string, Collected>();
  for (const [name, { shape }] of tensors) {
    if (name.length > MAX_NAME_LENGTH) continue;
    const { pattern, indices } = collapseName(name);
    const known = found.get(pattern);
    if (known === undefined) {
      if (found.size >= MAX_PATTERNS) return null;
      found.set(pattern, { name, count: 1, maxIndices: [...indices], shapes: new Map([[shape.join(), shape]]) });
      continue;
    }
    known.count += 1;
    if (name < known.name) known.name = name;
    for (const [at, index] of indices.entries()) {
      if (index > (known.maxIndices[at] ?? 0)) known.maxIndices[at] = index;
    }
    known.shapes.set(shape.join(), shape);
  }
  return new Map(
    Array.from(found, ([pattern, { shapes, ...fact }]) => [
      pattern,
      {
        ...fact,
        shapes: Array.from(shapes)
          .sort(byText)
          .map(([, shape]) => shape),
      },
    ]),
  );
}

function byText([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
