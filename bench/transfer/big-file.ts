import { createHash, randomFillSync } from 'node:crypto';
import { open } from 'node:fs/promises';

const CHUNK_BYTES = 16 * 1_048_576;

/** A file of random bytes to download. */
export interface BigFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Writes one. */
export async function makeBigFile(path: string, mebibytes: number): Promise<BigFile> {
  const sizeBytes = mebibytes * 1_048_576;
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const hash = createHash('sha256');
  await using file = await open(path, 'wx');
  for (let at = 0; at < sizeBytes; at += CHUNK_BYTES) {
    const bytes = randomFillSync(chunk).subarray(0, Math.min(CHUNK_BYTES, sizeBytes - at));
    hash.update(bytes);
    await file.write(bytes);
  }
  return { path, sizeBytes, sha256: hash.digest('hex') };
}
