import { crc32, inflateRawSync } from 'node:zlib';
import type { ByteSource } from '@modelkeep/core';
import { bytesSource } from '../source/bytes-source.ts';
import { rangeSource } from '../source/range-source.ts';
import type { ZipEntry } from './zip-entry.ts';

/** The bytes of a member, or why they cannot be had. */
export type ZipMember =
  | {
      readonly kind: 'source';
      readonly source: ByteSource;
      /** Where its bytes stand in the file; null where they are inflated. */ readonly offset: number | null;
    }
  | { readonly kind: 'problem'; readonly reason: string };

/** What {@link openZipMember} needs. */
export interface OpenZipMemberOptions {
  readonly dataOffset: number;
  readonly maxInflatedBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** @internal Opens a member: stored ones where they stand, deflated ones inflated into memory up to a limit. */
export async function openZipMember(
  source: ByteSource,
  { method, compressedBytes, sizeBytes, crc32: checksum }: ZipEntry,
  { dataOffset, maxInflatedBytes, signal }: OpenZipMemberOptions,
): Promise<ZipMember> {
  if (method === 0) {
    if (sizeBytes !== compressedBytes) return { kind: 'problem', reason: 'is stored with two different sizes' };
    return { kind: 'source', source: rangeSource(source, dataOffset, sizeBytes), offset: dataOffset };
  }
  if (method !== 8) return { kind: 'problem', reason: `is compressed in a way that is not read (${method})` };
  if (compressedBytes > maxInflatedBytes || sizeBytes > maxInflatedBytes) {
    return { kind: 'problem', reason: 'is larger than is looked at' };
  }
  const packed = await source.read(dataOffset, compressedBytes, signal);
  try {
    const bytes = inflateRawSync(packed, { maxOutputLength: maxInflatedBytes });
    if (bytes.length !== sizeBytes) return { kind: 'problem', reason: 'inflates to another size than it says' };
    if (crc32(bytes) !== checksum) return { kind: 'problem', reason: 'has a wrong checksum' };
    return { kind: 'source', source: bytesSource(bytes), offset: null };
  } catch (error) {
    const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
    if (code === undefined) throw error;
    return {
      kind: 'problem',
      reason: code === 'ERR_BUFFER_TOO_LARGE' ? 'inflates to more than is looked at' : 'cannot be inflated',
    };
  }
}
