import { crc32 } from 'node:zlib';
import type { Hasher } from './hasher.ts';

/** @internal CRC-32 as in zip and PNG, 8 characters. */
export function createCrc32(): Hasher {
  let value = 0;
  return {
    update: (bytes) => void (value = crc32(bytes, value)),
    digest: () => value.toString(16).padStart(8, '0'),
    dispose() {},
  };
}
