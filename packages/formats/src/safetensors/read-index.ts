import { invalidFile, oversizedHeader } from '../errors.ts';
import { createJsonCursor, JsonSyntaxError } from './json-cursor.ts';
import type { SafetensorsHeader } from './read-header.ts';

/** What `model.safetensors.index.json` says. */
export interface SafetensorsIndex {
  /** The file of each tensor, beside the index. */
  readonly fileOfTensor: ReadonlyMap<string, string>;
  /** Bytes of all tensors as it claims; null where it does not. */
  readonly totalBytes: number | null;
}

/** Something in which an index and its shards disagree. */
export interface SafetensorsIndexProblem {
  /** `missing-file`: a shard is not here. `missing-tensor`: it is not in its shard. `extra-tensor`: the index does not have it,
   * or has it elsewhere. `size`: the bytes of all tensors are others. */
  readonly kind: 'missing-file' | 'missing-tensor' | 'extra-tensor' | 'size';
  /** The file or the tensor; for `size` the bytes that were found. */
  readonly name: string;
}

const MAX_BYTES = 33_554_432;
const MAX_PROBLEMS = 1_000;
/** A file beside the index, and nowhere else. */
const BESIDE = /^(?!\.{1,2}$)[^/\\:\0]{1,255}$/;

/**
 * Reads the index of a model in shards.
 *
 * @throws `formats.invalid` for what is no such index, repeated tensors and files that are not beside it; `formats.too-large`
 * above 32 MiB
 */
export function readSafetensorsIndex(
  bytes: Uint8Array,
  options: { readonly path?: string | undefined } = {},
): SafetensorsIndex {
  const { path } = options;
  const format = 'safetensors index';
  if (bytes.length > MAX_BYTES) {
    throw oversizedHeader({ format, path, what: 'the length', found: bytes.length, limit: MAX_BYTES });
  }
  const fileOfTensor = new Map<string, string>();
  let totalBytes: number | null = null;
  let hasMap = false;
  try {
    const cursor = createJsonCursor(new TextDecoder('utf-8').decode(bytes));
    cursor.object((key) => {
      if (key === 'weight_map') {
        if (hasMap) throw new JsonSyntaxError('"weight_map" occurs twice');
        hasMap = true;
        cursor.object((tensor) => {
          const file = cursor.string();
          if (fileOfTensor.has(tensor))
            throw new JsonSyntaxError(`${JSON.stringify(tensor.slice(0, 120))} occurs twice`);
          if (!BESIDE.test(file))
            throw new JsonSyntaxError(`${JSON.stringify(file.slice(0, 120))} is no file beside the index`);
          fileOfTensor.set(tensor, file);
        });
      } else if (key === 'metadata') {
        cursor.object((name) => {
          if (name === 'total_size' && totalBytes === null) totalBytes = cursor.wholeNumber();
          else cursor.skipValue();
        });
      } else cursor.skipValue();
    });
    cursor.end();
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw invalidFile({ format, path, reason: error.message });
    throw error;
  }
  if (!hasMap) throw invalidFile({ format, path, reason: 'it has no "weight_map"' });
  return { fileOfTensor, totalBytes };
}

/** Compares an index with the headers of the shards that are here, by file name. The first 1,000 problems are told. */
export function compareSafetensorsIndex(
  { fileOfTensor, totalBytes }: SafetensorsIndex,
  shards: ReadonlyMap<string, Pick<SafetensorsHeader, 'tensors' | 'dataBytes'>>,
): readonly SafetensorsIndexProblem[] {
  const problems: SafetensorsIndexProblem[] = [];
  const add = (kind: SafetensorsIndexProblem['kind'], name: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ kind, name });
  };
  const absent = new Set([...fileOfTensor.values()].filter((file) => !shards.has(file)));
  for (const file of absent) add('missing-file', file);
  for (const [tensor, file] of fileOfTensor) {
    if (!absent.has(file) && shards.get(file)?.tensors.has(tensor) !== true) add('missing-tensor', tensor);
  }
  for (const [file, { tensors }] of shards) {
    for (const tensor of tensors.keys()) if (fileOfTensor.get(tensor) !== file) add('extra-tensor', tensor);
  }
  const found = [...shards.values()].reduce((sum, { dataBytes }) => sum + dataBytes, 0);
  if (absent.size === 0 && totalBytes !== null && totalBytes !== found) add('size', String(found));
  return problems;
}
