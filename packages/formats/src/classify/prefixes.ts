import { wrappers } from './rules/rule-table.ts';
import { viewBelow, type TensorView } from './view/tensor-view.ts';

const MAX_WRAPPERS = 2;

/** @internal The view itself and what is below the wrappers that its names have, the outermost first. */
export function unwrapped(view: TensorView): readonly TensorView[] {
  const found = [view];
  let outer: readonly TensorView[] = [view];
  for (let depth = 0; depth < MAX_WRAPPERS; depth += 1) {
    outer = outer.flatMap((one) => wrappers.flatMap((wrapper) => viewBelow(one, wrapper) ?? []));
    found.push(...outer);
  }
  return found;
}
