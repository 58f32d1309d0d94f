import { collapseName } from '../view/collapse-name.ts';
import { finderOf, type PatternFact, type TensorView } from '../view/tensor-view.ts';
import { adapterTensor, type AdapterPart } from './adapter-tensor.ts';
import { moduleName } from './module-name.ts';

/** Modules of one name (`#` for each number) that an adapter changes. Empty sizes: its tensors do not tell them. */
export interface ModuleGroup {
  readonly maxIndices: readonly number[];
  readonly inputs: ReadonlySet<number>;
  readonly outputs: ReadonlySet<number>;
  /** Of the tensors that take the module's inputs: 2 for a linear layer, 4 for a convolution. */
  readonly rank: number;
}

/** An adapter seen as the modules that it changes. */
export interface AdapterModules {
  readonly groups: ReadonlyMap<string, ModuleGroup>;
  /** The groups as tensors of shape [outputs, inputs], for rules. */
  readonly view: TensorView;
  /** Sizes are products of factors: what does not fit may have been factored another way. */
  readonly isFactored: boolean;
}

interface Growing {
  maxIndices: number[];
  readonly inputs: Set<number>;
  readonly outputs: Set<number>;
  rank: number;
}

/** The modules that a file's adapter tensors change, or null where it has none. */
export function adapterModules(view: TensorView): AdapterModules | null {
  const groups = new Map<string, Growing>();
  let isFactored = false;
  let isAdapter = false;
  for (const [pattern, fact] of view.patterns) {
    const found = adapterTensor(pattern);
    if (found === null) continue;
    isAdapter = true;
    if (isNorm(found.part, fact)) continue;
    const name = moduleName(found.module);
    const group = groups.get(name) ?? { maxIndices: [], inputs: new Set(), outputs: new Set(), rank: 2 };
    groups.set(name, group);
    fact.maxIndices.forEach((index, at) => (group.maxIndices[at] = Math.max(group.maxIndices[at] ?? 0, index)));
    if (found.part.startsWith('kronecker')) isFactored = true;
    else for (const shape of fact.shapes) addSize(group, found.part, shape);
  }
  if (!isAdapter) return null;
  if (isFactored) addProducts(groups, view);
  return { groups, view: viewOf(groups), isFactored };
}

/** Differences of biases, norms and modulations: their modules are not in the tables of layers. */
function isNorm(part: AdapterPart, { shapes }: PatternFact): boolean {
  if (part === 'bias') return true;
  return part === 'whole' && shapes.every((shape) => shape.length < 2 || shape[0] === 1);
}

function addSize(group: Growing, part: AdapterPart, [first = 0, second = 0, ...rest]: readonly number[]): void {
  if (part === 'down' || part === 'whole') {
    group.inputs.add(second);
    if (rest.length > 0) group.rank = rest.length + 2;
  }
  if (part === 'up' || part === 'whole') group.outputs.add(first);
}

/** The size of a Kronecker product is the product of its factors' sizes; they belong together by name. */
function addProducts(groups: ReadonlyMap<string, Growing>, view: TensorView): void {
  const sizes = new Map<string, { outputs: number; inputs: number }>();
  for (const [name, { shape }] of view.entries()) {
    const found = adapterTensor(name);
    if (found === null || !found.part.startsWith('kronecker')) continue;
    const size = sizes.get(found.module) ?? { outputs: 1, inputs: 1 };
    sizes.set(found.module, size);
    if (found.part !== 'kroneckerDown') size.outputs *= shape[0] ?? 1;
    if (found.part !== 'kroneckerUp') size.inputs *= shape[1] ?? 1;
  }
  for (const [module, { outputs, inputs }] of sizes) {
    const group = groups.get(moduleName(collapseName(module).pattern));
    group?.outputs.add(outputs);
    group?.inputs.add(inputs);
  }
}

function viewOf(groups: ReadonlyMap<string, Growing>): TensorView {
  const patterns = new Map<string, PatternFact>();
  for (const [name, { maxIndices, inputs, outputs, rank }] of groups) {
    const [input = 0] = inputs;
    const [output = 0] = outputs;
    const more = Array.from({ length: rank - 2 }, () => 1);
    const shapes = [
      ...Array.from(inputs, (size) => [output, size, ...more]),
      ...Array.from(outputs, (size) => [size, input, ...more]),
    ];
    patterns.set(name, { name, count: 1, maxIndices, shapes });
  }
  return {
    prefix: '',
    tensorCount: groups.size,
    patterns,
    firstBelow: finderOf(patterns),
    get: () => undefined,
    entries: () => [],
    eitherOrder: false,
  };
}
