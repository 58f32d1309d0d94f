import { chooseTensors } from './choose-tensors.ts';
import type { PickleContents, PlacedTensor } from './pickle-contents.ts';
import { arrayOf, tensorOf } from './tensor-of.ts';
import type { PickleValue } from './pickle-value.ts';

const MAX_DEPTH = 12;
const MAX_TENSORS = 262_144;
const MAX_VALUES = 64;
const MAX_VISITS = 1_000_000;

/** @internal Finds the tensors below a value. Shared parts count where they are met first. */
export function findTensors(root: PickleValue): PickleContents {
  const placed: PlacedTensor[] = [];
  const values = new Map<string, string | number | boolean>();
  const onPath = new Set<object>();
  let visits = 0;
  const visit = (value: PickleValue, path: readonly string[]): void => {
    visits += 1;
    if (visits > MAX_VISITS || placed.length >= MAX_TENSORS || path.length > MAX_DEPTH) return;
    if (typeof value !== 'object' || value === null) {
      keepPlain(value, path);
      return;
    }
    const tensor = tensorOf(value) ?? arrayOf(value);
    if (tensor !== null) {
      placed.push({ path, tensor });
      return;
    }
    if (onPath.has(value)) return;
    onPath.add(value);
    for (const [key, child] of namedChildren(value)) visit(child, key === null ? path : [...path, key]);
    onPath.delete(value);
  };
  const keepPlain = (value: string | number | boolean | bigint | null, path: readonly string[]): void => {
    const [name] = path;
    if (path.length !== 1 || name === undefined || value === null || typeof value === 'bigint') return;
    if (values.size >= MAX_VALUES || name.length > 64 || (typeof value === 'string' && value.length > 256)) return;
    values.set(name, value);
  };
  visit(root, []);
  return { ...chooseTensors(placed), values };
}

/** What is in a container under which name. Parts of a module saved whole stand under their own names; null: no name. */
function* namedChildren(
  value: Exclude<PickleValue, null | boolean | number | bigint | string>,
): Generator<readonly [string | null, PickleValue]> {
  if (value.kind === 'dict') yield* named(value.entries);
  else if (value.kind === 'instance') {
    yield* named(value.entries);
    for (const [index, item] of value.items.entries()) yield [String(index), item];
    const state = value.state;
    if (typeof state !== 'object' || state === null || state.kind !== 'dict') return;
    for (const [key, child] of named(state.entries)) {
      const isPart = key === '_parameters' || key === '_buffers' || key === '_modules';
      yield [isPart ? null : key, child];
    }
  } else if (value.kind === 'list' || value.kind === 'tuple') {
    for (const [index, item] of value.items.entries()) yield [String(index), item];
  }
}

function* named(entries: readonly (readonly [PickleValue, PickleValue])[]): Generator<readonly [string, PickleValue]> {
  for (const [key, value] of entries) {
    if (typeof key === 'string' || typeof key === 'number') yield [String(key), value];
  }
}
