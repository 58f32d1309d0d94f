import type { Condition, Names } from './rule.ts';
import { collapseName } from './view/collapse-name.ts';
import type { PatternFact, TensorView } from './view/tensor-view.ts';

/** @internal The condition in words where it holds (empty where nothing needs to be said), else null. */
export function prove(condition: Condition, view: TensorView): string | null {
  if ('has' in condition) {
    const name = firstOf(condition.has, view);
    return name === undefined ? null : `has ${name}`;
  }
  if ('lacks' in condition) {
    return firstOf(condition.lacks, view) === undefined ? `has no ${[condition.lacks].flat().join(', ')}` : null;
  }
  if ('below' in condition) {
    const name = firstBelow(condition.below, view);
    return name === undefined ? null : `has ${name}`;
  }
  if ('nothingBelow' in condition) return firstBelow(condition.nothingBelow, view) === undefined ? '' : null;
  if ('matches' in condition) {
    const name = firstFact(view, (pattern) => condition.matches.test(pattern))?.name;
    return name === undefined ? null : `has ${name}`;
  }
  if ('lacksMatch' in condition) {
    return firstFact(view, (pattern) => condition.lacksMatch.test(pattern)) === undefined ? '' : null;
  }
  if ('only' in condition) {
    return firstFact(view, (pattern) => !condition.only.test(pattern)) === undefined ? '' : null;
  }
  if ('atMostTensors' in condition) return view.tensorCount <= condition.atMostTensors ? '' : null;
  if ('highest' in condition) return proveHighest(condition, view);
  if ('rank' in condition) {
    const found = shapesOf(condition.tensor, view).find(({ shape }) => shape.length === condition.rank);
    return found === undefined ? null : `${found.name} has ${condition.rank} dimensions`;
  }
  return proveDimension(condition, view);
}

function firstOf(names: Names, view: TensorView): string | undefined {
  for (const name of typeof names === 'string' ? [names] : names) {
    if (name.includes('#')) {
      const fact = view.patterns.get(patternOf(name));
      if (fact !== undefined) return fact.name;
    } else if (view.get(name) !== undefined) return name.startsWith('/') ? name.slice(1) : view.prefix + name;
  }
  return undefined;
}

function firstBelow(names: Names, view: TensorView): string | undefined {
  for (const name of typeof names === 'string' ? [names] : names) {
    const found = view.firstBelow(patternOf(name));
    if (found !== undefined) return found.name;
  }
  return undefined;
}

const HAS_NUMBER = /\d/;

/** Rules may write `linear_1`; patterns have `linear_#`. */
function patternOf(name: string): string {
  return HAS_NUMBER.test(name) ? collapseName(name).pattern : name;
}

/** Of all that fit the one whose name comes first, so that evidence does not depend on the order in the file. */
function firstFact(view: TensorView, fits: (pattern: string) => boolean): PatternFact | undefined {
  let first: PatternFact | undefined;
  for (const [pattern, fact] of view.patterns) {
    if ((first === undefined || fact.name < first.name) && fits(pattern)) first = fact;
  }
  return first;
}

function proveHighest(
  { highest, atLeast = 0, atMost = Infinity }: Extract<Condition, { highest: string }>,
  view: TensorView,
): string | null {
  let found = -1;
  const beforeNumber = new RegExp(`(?:^|[._])${highest}[._]#`);
  for (const [pattern, { maxIndices }] of view.patterns) {
    const at = pattern.search(beforeNumber);
    if (at === -1) continue;
    const place = pattern.slice(0, at).split('#').length - 1;
    found = Math.max(found, maxIndices[place] ?? -1);
  }
  if (found === -1) return null;
  return found >= atLeast && found <= atMost ? `${highest} up to number ${found}` : null;
}

interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

function shapesOf(tensor: Names | RegExp, view: TensorView): readonly NamedShape[] {
  const found: NamedShape[] = [];
  const add = ({ name, shapes }: PatternFact): void => {
    for (const shape of shapes) found.push({ name, shape });
  };
  if (tensor instanceof RegExp) {
    for (const [pattern, fact] of view.patterns) if (tensor.test(pattern)) add(fact);
    return found;
  }
  for (const name of [tensor].flat()) {
    if (name.includes('#')) {
      const fact = view.patterns.get(patternOf(name));
      if (fact !== undefined) add(fact);
    } else {
      const one = view.get(name);
      if (one !== undefined) found.push({ name: view.prefix + name, shape: one.shape });
    }
  }
  return found;
}

function proveDimension(condition: Extract<Condition, { axis: number }>, view: TensorView): string | null {
  const { tensor, axis } = condition;
  const wanted = [condition.is].flat();
  const proofs: string[] = [];
  for (const { name, shape } of shapesOf(tensor, view)) {
    const other = view.eitherOrder && shape.length === 2 ? shape[1 - axis] : undefined;
    if (wanted.includes(shape[axis] ?? -1) || wanted.includes(other ?? -1)) {
      proofs.push(`${name} is [${shape.join(', ')}]`);
    }
  }
  return proofs.sort()[0] ?? null;
}
