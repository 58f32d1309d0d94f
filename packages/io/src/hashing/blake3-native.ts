import { createRequire } from 'node:module';
import type { Hasher } from './hasher.ts';

interface NativeBlake3 {
  readonly Blake3Hasher: new () => {
    update(bytes: Uint8Array): unknown;
    digest(format: 'hex'): string;
  };
}

/**
 * The native BLAKE3, or undefined where its optional package is not installed or has no build for this platform.
 *
 * @param resolutionBase - the file or url from which the package is looked up
 */
export function loadNativeBlake3(resolutionBase: string): (() => Hasher) | undefined {
  let native: NativeBlake3;
  try {
    native = createRequire(resolutionBase)('@napi-rs/blake-hash') as NativeBlake3;
  } catch {
    // Whatever keeps an optional native package from loading, the portable hash takes over.
    return undefined;
  }
  return () => {
    const hash = new native.Blake3Hasher();
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex'), dispose() {} };
  };
}
