/** What a pickle may demand of the scan; genuine checkpoints stay far below. What goes beyond is a finding. */
export const pickleLimits = {
  /** In all the pickles of a file. */
  maxOpcodes: 1_000_000,
  maxStack: 10_000,
  /** A larger index makes a loader reserve memory for all below. */
  maxMemoIndex: 1_000_000,
  /** Longer texts are passed over. */
  maxTextBytes: 65_536,
  /** Bytes that may be a pickle in a pickle are kept up to this length. */
  maxKeptBytes: 1_048_576,
  /** All the texts and bytes that are kept. */
  maxKeptInAllBytes: 67_108_864,
  maxLineBytes: 65_536,
  /** Pickles in pickles. */
  maxDepth: 4,
  maxConcatenated: 1_000,
  /** Inflated bytes of one member of an archive. */
  maxInflatedBytes: 67_108_864,
  maxZipMembers: 100_000,
  maxZipDirectoryBytes: 33_554_432,
  /** Findings that are told; all count for the verdict. */
  maxFindings: 64,
} as const;
