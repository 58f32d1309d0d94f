/** Bytes that can be read at any place: a file, a buffer, a ranged URL. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly the bytes `[offset, offset + length)`; fewer only where the source ends. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
}
