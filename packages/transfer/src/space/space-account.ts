/** What {@link SpaceAccount.reserve} reserves. */
export interface ReserveSpaceOptions {
  /** A folder on the drive. It need not exist. */
  readonly folder: string;
  /** What is still to be written. */
  readonly bytes: number;
}

/** Room that nobody else of this process is promised. */
export interface SpaceReservation extends Disposable {
  /** @param bytes - all that was written of it so far: the drive counts these bytes itself from now on */
  wrote(bytes: number): void;
  /** Gives back what was not written. Does nothing the second time. */
  release(): void;
}

/**
 * Who writes large files asks here first, so that two of them are not promised the same room. What is free is asked of
 * the system each time; what is reserved is known within this account only: another process may still fill the drive.
 */
export interface SpaceAccount {
  /**
   * @throws `io.disk-full` with `neededBytes` and `freeBytes` (what is free, without a margin and what others were
   * promised), `io.failed`
   */
  reserve(options: ReserveSpaceOptions): Promise<SpaceReservation>;
}
