import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { LazyContent, RepoContent } from '../repo-definition.ts';

/** Bytes of a known size that can be streamed from any place, any number of times. */
export interface BodySource {
  readonly sizeBytes: number;
  /** The bytes `[startBytes, endBytes)`. */
  stream(startBytes: number, endBytes: number): AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 1024 * 1024;

/** A source of bytes in memory. */
function bytesSource(bytes: Uint8Array): BodySource {
  return {
    sizeBytes: bytes.length,
    async *stream(startBytes, endBytes) {
      for (let at = startBytes; at < endBytes; at += CHUNK_BYTES) {
        yield bytes.subarray(at, Math.min(endBytes, at + CHUNK_BYTES));
      }
    },
  };
}

function lazySource(content: LazyContent): BodySource {
  return {
    sizeBytes: content.sizeBytes,
    async *stream(startBytes, endBytes) {
      for (let at = startBytes; at < endBytes; at += CHUNK_BYTES) {
        yield await content.read(at, Math.min(CHUNK_BYTES, endBytes - at));
      }
    },
  };
}

async function fileSource(path: string): Promise<BodySource> {
  const { size } = await stat(path);
  return {
    sizeBytes: size,
    async *stream(startBytes, endBytes) {
      if (endBytes <= startBytes) return;
      yield* createReadStream(path, { start: startBytes, end: endBytes - 1, highWaterMark: CHUNK_BYTES });
    },
  };
}

/** Opens the content of a definition; a file on disk is looked at once, for its size. */
export async function openContent(content: RepoContent): Promise<BodySource> {
  if (content instanceof Uint8Array) return bytesSource(content);
  if ('fromFile' in content) return fileSource(content.fromFile);
  return lazySource(content);
}
