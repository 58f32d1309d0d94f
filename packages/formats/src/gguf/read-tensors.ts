import type { FieldReader } from './field-reader.ts';
import { MAX_DIMENSIONS } from './limits.ts';
import { ggmlType } from './tensor-types.ts';

/** One tensor as a GGUF header describes it. */
export interface GgufTensor {
  /** ggml's name of its type (`Q4_K`, `F16`, …), or `type-<n>` for a number that is newer than this reader. */
  readonly type: string;
  /** In the file's order: the fastest dimension first, the reverse of torch. */
  readonly shape: readonly number[];
  /** Place of its bytes after the start of the data part. */
  readonly dataOffset: number;
  /** Null for an unknown type. */
  readonly sizeBytes: number | null;
}

/** @internal The tensor list of a header; each tensor is checked by itself. */
export async function readTensors(reader: FieldReader, count: number): Promise<Map<string, GgufTensor>> {
  const tensors = new Map<string, GgufTensor>();
  for (let index = 0; index < count; index += 1) {
    const name = await reader.string('a tensor name');
    const shown = JSON.stringify(name.slice(0, 120));
    if (tensors.has(name)) throw reader.invalid(`the tensor ${shown} occurs twice`);
    const dimensions = await reader.uint32();
    if (dimensions > MAX_DIMENSIONS)
      throw reader.invalid(`${shown} has ${dimensions} dimensions; ${MAX_DIMENSIONS} are allowed`);
    const shape: number[] = [];
    for (let axis = 0; axis < dimensions; axis += 1) shape.push(await reader.count(`a dimension of ${shown}`));
    const code = await reader.uint32();
    const dataOffset = await reader.fixed('uint64');
    if (typeof dataOffset !== 'number') throw reader.invalid(`${shown} begins at ${String(dataOffset)}`);
    const sizeBytes = tensorBytes(shape, code);
    if (sizeBytes === 'invalid')
      throw reader.invalid(`${shown}: the shape [${shape.join(', ')}] is impossible for its type`);
    tensors.set(name, { type: ggmlType(code)?.name ?? `type-${code}`, shape, dataOffset, sizeBytes });
  }
  return tensors;
}

function tensorBytes(shape: readonly number[], code: number): number | null | 'invalid' {
  let elements = 1;
  for (const dimension of shape) {
    elements *= dimension;
    if (!Number.isSafeInteger(elements)) return 'invalid';
  }
  const type = ggmlType(code);
  if (type === undefined) return null;
  if ((shape[0] ?? 1) % type.blockElements !== 0) return 'invalid';
  const bytes = (elements / type.blockElements) * type.blockBytes;
  return Number.isSafeInteger(bytes) ? bytes : 'invalid';
}
