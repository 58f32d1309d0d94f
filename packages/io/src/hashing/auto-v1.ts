import { createHash } from 'node:crypto';
import type { Hasher } from './hasher.ts';

/** Where AutoV1 looks: `modules/hashes.py` of the Stable Diffusion web UI seeks to 0x100000 and reads 0x10000 bytes. */
const FROM = 0x10_0000;
const TO = 0x11_0000;

/** @internal SHA-256 of 64 KiB behind the first MiB, its first 8 characters; of what is there of them in a file that ends before. */
export function createAutoV1(): Hasher<string | null> {
  const hash = createHash('sha256');
  let position = 0;
  return {
    update(bytes) {
      if (position < TO) hash.update(bytes.subarray(Math.max(FROM - position, 0), Math.max(TO - position, 0)));
      position += bytes.byteLength;
    },
    digest: () => (position > FROM ? hash.digest('hex').slice(0, 8) : null),
    dispose() {},
  };
}
