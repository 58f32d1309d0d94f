/** @internal The tables of a registry, as the tools that keep one have them. */
export const registrySchema: readonly string[] = [
  `create table models (
  id integer primary key autoincrement,
  name text not null,
  type text check (type in ('checkpoint', 'lora')),
  local_path text,
  filename text,
  civitai_id integer,
  civitai_version_id integer,
  forge_format text,
  hash_autov2 text,
  hash_sha256 text,
  civitai_model_name text,
  civitai_model_base text,
  civitai_model_type text,
  civitai_model_version_name text,
  civitai_model_version_desc text,
  civitai_model_version_date text,
  civitai_download_url text,
  civitai_trained_words text,
  civitai_file_size_kb real,
  metadata_status text check (metadata_status in ('none', 'partial', 'complete')) default 'none',
  metadata_source text check (metadata_source in ('forge', 'civitai', 'embedded', 'none')) default 'none',
  has_embedded_metadata boolean default 0,
  last_used timestamp,
  created_at timestamp default current_timestamp
)`,
  `create table model_server_availability (
  id integer primary key autoincrement,
  model_id integer not null references models(id) on delete cascade,
  server_id text not null,
  last_seen timestamp,
  unique (model_id, server_id)
)`,
  `create table model_aliases (
  id integer primary key autoincrement,
  model_id integer not null references models(id) on delete cascade,
  alias_path text not null
)`,
];
