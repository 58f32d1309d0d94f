/** Lets bytes pass no faster than it may. */
export interface ByteRateLimiter {
  /**
   * Resolves when so many bytes may pass. Who asked first passes first. Bytes of a call that is aborted while it waits
   * count as far as they had passed.
   *
   * @throws `signal.reason`
   */
  take(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** A {@link ByteRateLimiter} whose rate can be changed while bytes wait. */
export interface AdjustableRateLimiter extends ByteRateLimiter {
  /** Null: no limit. */
  readonly bytesPerSecond: number | null;
  /** @param bytesPerSecond - above 0, or null for no limit @throws `core.invalid-argument` */
  setBytesPerSecond(bytesPerSecond: number | null): void;
}
