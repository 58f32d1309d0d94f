import type { TensorFact } from '../classify/view/tensor-view.ts';
import { globalNameOf, itemsOf, type PickleInstance, type PickleValue } from './pickle-value.ts';
import { storageOf, torchDtype } from './storages.ts';

/** Calls whose first argument is the tensor itself. */
const WRAPPERS = new Set(['torch._utils _rebuild_parameter', 'torch._utils _rebuild_parameter_with_state']);
const REBUILT = new Set(['_rebuild_tensor', '_rebuild_tensor_v2', '_rebuild_tensor_v3', '_rebuild_qtensor']);
const dtypeOfNumpy: ReadonlyMap<string, string> = new Map([
  ['f2', 'F16'],
  ['f4', 'F32'],
  ['f8', 'F64'],
  ['i1', 'I8'],
  ['i2', 'I16'],
  ['i4', 'I32'],
  ['i8', 'I64'],
  ['u1', 'U8'],
  ['u2', 'U16'],
  ['u4', 'U32'],
  ['u8', 'U64'],
  ['b1', 'BOOL'],
]);

/** @internal The tensor that a call of torch would make, or null. */
export function tensorOf(value: PickleValue, depth = 0): TensorFact | null {
  if (typeof value !== 'object' || value === null || value.kind !== 'instance' || depth > 4) return null;
  const name = globalNameOf(value.callee);
  if (name === undefined) return null;
  const [first, second, third] = value.args;
  if (WRAPPERS.has(name) || name === 'torch.nn.parameter Parameter')
    return first === undefined ? null : tensorOf(first, depth + 1);
  if (name === 'torch._tensor _rebuild_from_type_v2') {
    const made: PickleInstance = {
      kind: 'instance',
      callee: first ?? null,
      args: itemsOf(third),
      entries: [],
      items: [],
    };
    return tensorOf(made, depth + 1);
  }
  if (name === 'torch._utils _rebuild_meta_tensor_no_storage') return fact(torchDtype(first), second);
  if (!name.startsWith('torch._utils ') || !REBUILT.has(name.slice('torch._utils '.length))) return null;
  const storage = storageOf(first);
  if (storage === null) return null;
  return fact(storage.dtype ?? torchDtype(value.args[6]), third);
}

/** @internal The array of numpy that a value would be, or null. */
export function arrayOf(value: PickleValue): TensorFact | null {
  if (typeof value !== 'object' || value === null || value.kind !== 'instance') return null;
  if (!/^numpy\._?core\.multiarray _reconstruct$/.test(globalNameOf(value.callee) ?? '')) return null;
  const [, shape, dtype] = itemsOf(value.state);
  if (typeof dtype !== 'object' || dtype === null || dtype.kind !== 'instance') return null;
  const code = dtype.args[0];
  return fact(typeof code === 'string' ? (dtypeOfNumpy.get(code.replace(/^[<>|=]/, '')) ?? null) : null, shape);
}

function fact(dtype: string | null, size: PickleValue | undefined): TensorFact | null {
  const dimensions = sizeItems(size);
  if (dimensions === null) return null;
  const shape = dimensions.filter((item) => typeof item === 'number' && item >= 0) as number[];
  const isWhole =
    shape.length === dimensions.length && Number.isSafeInteger(shape.reduce((product, each) => product * each, 1));
  return isWhole && shape.length <= 64 ? { dtype: dtype ?? 'unknown', shape } : null;
}

/** A shape is a tuple, or torch.Size of one. */
function sizeItems(size: PickleValue | undefined): readonly PickleValue[] | null {
  if (typeof size !== 'object' || size === null) return null;
  if (size.kind === 'tuple' || size.kind === 'list') return size.items;
  return size.kind === 'instance' && globalNameOf(size.callee) === 'torch Size' ? itemsOf(size.args[0]) : null;
}
