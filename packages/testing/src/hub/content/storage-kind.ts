import type { StorageKind } from '../repo-definition.ts';

/** Files of this size and more go to LFS. */
const LFS_THRESHOLD_BYTES = 10_000;

const BINARY_EXTENSIONS =
  /\.(?:safetensors|gguf|ggml|bin|ckpt|pt|pth|onnx|msgpack|h5|npz|npy|pkl|pickle|parquet|model|zip|7z|tar|gz)$/i;

/** Where the hub keeps a file when the definition does not say. */
export function defaultStorage(path: string, sizeBytes: number): StorageKind {
  return sizeBytes >= LFS_THRESHOLD_BYTES || BINARY_EXTENSIONS.test(path) ? 'lfs' : 'git';
}
