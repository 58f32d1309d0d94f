import type { Generated } from 'kysely';

interface EntryColumns {
  /** From a sequence: comes as text. */
  readonly version: Generated<string>;
  readonly updated_at: Generated<Date>;
}

/** What an app declared. */
export interface DeclaredTable extends EntryColumns {
  readonly key: string;
  readonly body: string;
}

export interface ManifestTable extends EntryColumns {
  readonly library_id: string;
  readonly key: string;
  readonly completed: boolean;
  readonly repo_id: string;
  readonly revision: string | null;
  readonly size_bytes: string | number;
  readonly at: string;
}

export interface ProgressTableColumns extends EntryColumns {
  readonly library_id: string;
  readonly key: string;
  readonly status: string;
  readonly percentage: number | null;
  readonly bytes_done: string | number;
  readonly bytes_total: string | number;
  readonly error: string | null;
  readonly started_at: Generated<Date> | Date | string;
}

export interface ReposTable extends EntryColumns {
  readonly id: string;
  readonly library_id: string;
  readonly provider: string;
  readonly repo: string;
  readonly revision: string;
  readonly status: string;
  readonly commit: string | null;
  readonly error: string | null;
  readonly registered_at: Generated<Date>;
  readonly synced_at: string | null;
}

export interface ArtifactsTable extends EntryColumns {
  readonly id: string;
  readonly library_id: string;
  readonly repo_id: string;
  readonly path: string;
  readonly path_hash: string;
  readonly size_bytes: string | number;
  readonly sha256: string | null;
  readonly git_sha1: string | null;
  readonly status: string;
  readonly local_path: string | null;
  readonly content_sha256: string | null;
  readonly error: string | null;
}

export interface TokensTable {
  readonly origin: string;
  readonly name: string | null;
  readonly sealed: Buffer;
  readonly key_id: string;
  readonly set_at: Generated<Date>;
  readonly last_used_at: Date | null;
  readonly valid: boolean | null;
  readonly checked_at: Date | null;
}

/** The tables of the schema, as far as they are asked through kysely. */
export interface Tables {
  readonly settings: { readonly name: string; readonly value: string };
  readonly libraries: {
    readonly library_id: string;
    readonly first_seen_at: Generated<Date>;
    readonly seen_at: Generated<Date>;
  };
  readonly declared: DeclaredTable;
  readonly manifest: ManifestTable;
  readonly progress: ProgressTableColumns;
  readonly repos: ReposTable;
  readonly artifacts: ArtifactsTable;
  readonly tokens: TokensTable;
}
