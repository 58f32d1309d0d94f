/** A place that has the file. */
export interface FetchSource {
  readonly url: string;
  /** Sent to the exact origin of `url` only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
