/** What a GGUF header may demand. Genuine headers stay far below each of these. */
export interface GgufLimits {
  /** @default 128 MiB */
  readonly maxHeaderBytes: number;
  /** @default 262,144 */
  readonly maxTensors: number;
  /** @default 65,536 */
  readonly maxMetadataKeys: number;
  /** @default 16 MiB */
  readonly maxStringBytes: number;
  /** All the text that is kept. @default 32 MiB */
  readonly maxKeptTextBytes: number;
  /** @default 64 Mi elements */
  readonly maxArrayElements: number;
  /** Longer arrays are kept as their length only. @default 1,024 */
  readonly keptArrayElements: number;
  /** Arrays in arrays. @default 4 */
  readonly maxArrayDepth: number;
}

const MIB = 1024 * 1024;

/** The limits that hold unless the caller sets others. */
export const defaultGgufLimits: GgufLimits = {
  maxHeaderBytes: 128 * MIB,
  maxTensors: 262_144,
  maxMetadataKeys: 65_536,
  maxStringBytes: 16 * MIB,
  maxKeptTextBytes: 32 * MIB,
  maxArrayElements: 64 * MIB,
  keptArrayElements: 1024,
  maxArrayDepth: 4,
};

/** Dimensions of a tensor at most: ggml's own limit. */
export const MAX_DIMENSIONS = 4;
