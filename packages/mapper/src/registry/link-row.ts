/** One link as it is recorded. Plain data. */
export interface RegisteredLink {
  /** The link, absolute, without links on the way. */
  readonly target: string;
  /** What it leads to, exactly as the link says it. */
  readonly source: string;
  /** While a link is being replaced: what it led to before. */
  readonly previousSource: string | null;
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
  readonly strategy: string;
  readonly leadsTo: 'file' | 'folder';
  /** `pending` and `removing` are recorded before the file system is touched; `recover()` finishes them. */
  readonly state: 'pending' | 'removing' | 'done';
  /** ISO 8601. */
  readonly createdAt: string;
}
