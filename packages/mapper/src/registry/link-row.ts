/** One link as it is recorded. Plain data. */
export interface RegisteredLink {
  /** The link, absolute, without links on the way. */
  readonly target: string;
  /** What it leads to, exactly as a link says it; `sha256:<64 hex>` of a file that was written. */
  readonly source: string;
  /** While a link is being replaced: what it led to before. */
  readonly previousSource: string | null;
  /** While a link is being replaced: all that is recorded of the one before, as JSON. */
  readonly previous: string | null;
  readonly modelId: string;
  readonly slug: string;
  /** Content of the linked file, 64 hex; null for a folder. */
  readonly fileSha256: string | null;
  readonly app: string;
  /** The app's folder, absolute, without links on the way. */
  readonly appRoot: string;
  /** The link's folder below the app's folder, `/` between segments. */
  readonly folder: string;
  /** The plan that the link is from. */
  readonly planId: string;
  /** The run of `apply` that made it. */
  readonly runId: string;
  /** How it was made: `symlink`, `hardlink`, …, `written`; while it is `pending`, the ways that may be tried, in order. */
  readonly strategy: string;
  /** What a hard link, a clone or a copy is known by, as JSON; null for what says where it leads. */
  readonly mark: string | null;
  /** The text of a file that was written; null for a link. */
  readonly content: string | null;
  readonly leadsTo: 'file' | 'folder';
  /** `pending` and `removing` are recorded before the file system is touched; `recover()` finishes them. */
  readonly state: 'pending' | 'removing' | 'done';
  /** ISO 8601. */
  readonly createdAt: string;
}
