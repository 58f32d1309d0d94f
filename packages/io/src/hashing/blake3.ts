import { loadNativeBlake3 } from './blake3-native.ts';
import { createWasmBlake3 } from './blake3-wasm.ts';
import type { Hasher } from './hasher.ts';

/** Which BLAKE3 is used: both give the same digests. */
export type Blake3Kind = 'native' | 'wasm';

/** Where BLAKE3 comes from. */
export interface Blake3 {
  readonly kind: Blake3Kind;
  create(): Hasher;
}

/**
 * The native BLAKE3 where it can be loaded, else the one in WebAssembly.
 *
 * @param resolutionBase - the file or url from which the optional native package is looked up; undefined: not looked for
 */
export function loadBlake3(resolutionBase: string | undefined): Blake3 {
  const native = resolutionBase === undefined ? undefined : loadNativeBlake3(resolutionBase);
  return native === undefined ? { kind: 'wasm', create: createWasmBlake3 } : { kind: 'native', create: native };
}
