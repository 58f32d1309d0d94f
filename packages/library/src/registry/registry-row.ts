/** What the Civitai fields of a registry hold when the site was asked and knows nothing. */
export type NotOnCivitai = 'none';

/** A row of the table `models` of an older kind of registry, in its own names: its 24 fields. */
export interface RegistryRow {
  readonly id: number;
  readonly name: string;
  readonly type: 'checkpoint' | 'lora' | null;
  readonly local_path: string | null;
  readonly filename: string | null;
  readonly civitai_id: number | NotOnCivitai | null;
  readonly civitai_version_id: number | NotOnCivitai | null;
  /** What Forge calls the kind of base model. */
  readonly forge_format: string | null;
  readonly hash_autov2: string | null;
  readonly hash_sha256: string | null;
  readonly civitai_model_name: string | null;
  readonly civitai_model_base: string | null;
  readonly civitai_model_type: string | null;
  readonly civitai_model_version_name: string | null;
  readonly civitai_model_version_desc: string | null;
  readonly civitai_model_version_date: string | null;
  /** Without a token, whatever stood there. */
  readonly civitai_download_url: string | null;
  /** JSON of a list, or words between commas. */
  readonly civitai_trained_words: string | null;
  readonly civitai_file_size_kb: number | NotOnCivitai | null;
  readonly metadata_status: 'none' | 'partial' | 'complete';
  readonly metadata_source: 'forge' | 'civitai' | 'embedded' | 'none';
  readonly has_embedded_metadata: 0 | 1 | null;
  /** As the registry writes it: ISO 8601, `2026-01-02 10:00:00`, or a number. */
  readonly last_used: string | number | null;
  readonly created_at: string | number | null;
}

/** A row with the other paths that its model is known by there. */
export interface RegistryEntry {
  readonly row: RegistryRow;
  readonly aliases: readonly string[];
}
