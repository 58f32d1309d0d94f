import type { HashedFile } from '@modelkeep/io';
import type { StoredContent } from '../transaction/stored-file.ts';

/** Which hashes are computed: those that the library goes by, or also those that other tools know files by. */
export type HashChoice = 'content' | 'all';

const content = ['sha256', 'blake3'] as const;
const further = ['autov1', 'autov2', 'autov3', 'crc32', 'tensor'] as const;

/** @internal What the io computes for a choice, in one read of the bytes. */
export type ContentAlgorithm = (typeof content | typeof further)[number];

/** @internal */
export function algorithmsOf(choice: HashChoice): readonly ContentAlgorithm[] {
  return choice === 'all' ? [...content, ...further] : content;
}

/** @internal Content that was hashed with what {@link algorithmsOf} gives for the same choice. */
export function contentOf({ sizeBytes, digests }: HashedFile<ContentAlgorithm>, choice: HashChoice): StoredContent {
  const { sha256, blake3, autov1, autov2, autov3, crc32, tensor } = digests;
  const hashes = { autoV1: autov1, autoV2: autov2, autoV3: autov3, crc32, tensorHash: tensor };
  return { sizeBytes, sha256, blake3, gitSha1: null, hashes: choice === 'all' ? hashes : undefined };
}
