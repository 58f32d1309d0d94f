import { createHash } from 'blake3-wasm';
import type { Hasher } from './hasher.ts';

/** BLAKE3 in WebAssembly: slower than the native one, and there on every platform. */
export function createWasmBlake3(): Hasher {
  const hash = createHash();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest('hex'),
    dispose: () => hash.dispose(),
  };
}
