import { globalNameOf, itemsOf, type PickleValue } from './pickle-value.ts';

/** A block of numbers that tensors lie in, as a pickle refers to it. */
export interface PickleStorage {
  /** Its name in the archive, or its key in torch's old format. */
  readonly key: string;
  /** In the words of safetensors; null for untyped bytes and for types that those do not have. */
  readonly dtype: string | null;
  readonly sizeBytes: number;
}

const bitsAndDtypes: ReadonlyMap<string, readonly [bytes: number, dtype: string | null]> = new Map([
  ['Float', [4, 'F32']],
  ['Half', [2, 'F16']],
  ['BFloat16', [2, 'BF16']],
  ['Double', [8, 'F64']],
  ['Long', [8, 'I64']],
  ['Int', [4, 'I32']],
  ['Short', [2, 'I16']],
  ['Char', [1, 'I8']],
  ['Byte', [1, 'U8']],
  ['Bool', [1, 'BOOL']],
  ['ComplexFloat', [8, 'C64']],
  ['ComplexDouble', [16, null]],
  ['QInt8', [1, 'I8']],
  ['QUInt8', [1, 'U8']],
  ['QInt32', [4, 'I32']],
  ['QUInt4x2', [1, null]],
  ['QUInt2x4', [1, null]],
  ['Float8_e4m3fn', [1, 'F8_E4M3']],
  ['Float8_e5m2', [1, 'F8_E5M2']],
  ['Untyped', [1, null]],
]);

/** Torch's names of element types, for tensors in untyped storages. */
const dtypeOfTorch: ReadonlyMap<string, string> = new Map([
  ['float32', 'F32'],
  ['float', 'F32'],
  ['float16', 'F16'],
  ['half', 'F16'],
  ['bfloat16', 'BF16'],
  ['float64', 'F64'],
  ['double', 'F64'],
  ['int64', 'I64'],
  ['long', 'I64'],
  ['int32', 'I32'],
  ['int', 'I32'],
  ['int16', 'I16'],
  ['short', 'I16'],
  ['int8', 'I8'],
  ['uint8', 'U8'],
  ['uint16', 'U16'],
  ['uint32', 'U32'],
  ['uint64', 'U64'],
  ['bool', 'BOOL'],
  ['complex64', 'C64'],
  ['float8_e4m3fn', 'F8_E4M3'],
  ['float8_e5m2', 'F8_E5M2'],
  ['float8_e4m3fnuz', 'F8_E4M3FNUZ'],
  ['float8_e5m2fnuz', 'F8_E5M2FNUZ'],
]);

/** @internal The storage that a persistent id of torch means, or null. */
export function storageOf(value: PickleValue | undefined): PickleStorage | null {
  if (typeof value !== 'object' || value === null || value.kind !== 'persistent') return null;
  const [what, type, key, , count] = itemsOf(value.id);
  const name = globalNameOf(type)
    ?.split(' ')[1]
    ?.replace(/Storage$/, '');
  const entry = name === undefined ? undefined : bitsAndDtypes.get(name);
  if (what !== 'storage' || entry === undefined || typeof count !== 'number' || count < 0) return null;
  const [bytes, dtype] = entry;
  if (typeof key !== 'string' && typeof key !== 'number') return null;
  const sizeBytes = count * bytes;
  return Number.isSafeInteger(sizeBytes) ? { key: String(key), dtype, sizeBytes } : null;
}

/** @internal The element type that a global such as `torch.float16` names. */
export function torchDtype(value: PickleValue | undefined): string | null {
  const name = globalNameOf(value);
  return name?.startsWith('torch ') === true ? (dtypeOfTorch.get(name.slice('torch '.length)) ?? null) : null;
}
