/** What a reference names. */
export interface HubReference {
  readonly repo: string;
  /** Branch, tag, reference or commit, decoded; null when none is named. */
  readonly revision: string | null;
  /** A file or a folder of the repo; null for all of it. */
  readonly path: string | null;
}
