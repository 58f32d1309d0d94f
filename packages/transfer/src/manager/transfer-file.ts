import type { ExpectedContent, VerifiedPart } from '../fetch-options.ts';
import type { FetchSource } from '../sources/fetch-source.ts';

/** A file for {@link Transfers}: what it is, where it comes from, where it goes, and what is done with it then. */
export interface TransferFile {
  /** The file's name for messages and progress. */
  readonly file: string;
  readonly url: string;
  /** Sent to the exact origin of `url` only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Other places of the same content, tried in order. */
  readonly mirrors?: readonly FetchSource[] | undefined;
  /** Connections for this file at most. @default 8 */
  readonly maxConnections?: number | undefined;
  /** Where the bytes go; its folder exists. */
  readonly part: string;
  /** Where the engine writes down what is durable. */
  readonly journal: string;
  readonly expected?: ExpectedContent | undefined;
  /** A folder on the same drive that takes what turned out to be wrong. @default it is removed */
  readonly quarantine?: string | undefined;
  /**
   * Takes the verified part to where it belongs. The transfer is done when it returns, and has failed when it throws.
   *
   * @default the part stays where it is
   */
  readonly deliver?: ((part: VerifiedPart) => Promise<void>) | undefined;
  /**
   * Another transfer of the same content (by its expected SHA-256, else by git's hash and size) was delivered while this
   * one waited for it. Returns true when that is enough; false, and the bytes are fetched for this one.
   *
   * @default nothing is shared: the same content is fetched as often as it is asked for
   */
  readonly reuse?: ((part: VerifiedPart) => Promise<boolean>) | undefined;
}
