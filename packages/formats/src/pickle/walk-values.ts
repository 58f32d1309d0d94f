import type { PickleValue } from './pickle-value.ts';

/** @internal Every value below one, each shared one once. */
export function* walkValues(root: PickleValue): Generator<PickleValue> {
  const seen = new Set<object>();
  const open: PickleValue[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    yield value;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    open.push(...childrenOf(value));
  }
}

function childrenOf(value: Exclude<PickleValue, null | boolean | number | bigint | string>): readonly PickleValue[] {
  if (value.kind === 'persistent') return [value.id];
  if (value.kind === 'dict') return value.entries.flat();
  if (value.kind === 'instance') {
    return [
      value.callee,
      ...value.args,
      ...value.entries.flat(),
      ...value.items,
      ...(value.state === undefined ? [] : [value.state]),
    ];
  }
  return 'items' in value ? value.items : [];
}
