import type { RegistryRow } from './registry-row.ts';

/** @internal What a field of a registry may hold beside null. */
export type RegistryFieldRule =
  | { readonly kind: 'id' | 'count' | 'number' | 'flag' | 'time' | 'address' }
  | { readonly kind: 'text'; readonly maxCharacters: number }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'hex'; readonly characters: number };

const text = (maxCharacters = 4_096): RegistryFieldRule => ({ kind: 'text', maxCharacters });
const word = (...words: readonly string[]): RegistryFieldRule => ({ kind: 'word', words });

/** @internal The longest text that any field may have. */
export const LONGEST_TEXT = 100_000;

/** @internal The 24 fields in their order, and what each may hold. */
export const registryFields: Readonly<Record<keyof RegistryRow, RegistryFieldRule>> = {
  id: { kind: 'id' },
  name: text(),
  type: word('checkpoint', 'lora'),
  local_path: text(),
  filename: text(),
  civitai_id: { kind: 'count' },
  civitai_version_id: { kind: 'count' },
  forge_format: text(),
  hash_autov2: { kind: 'hex', characters: 10 },
  hash_sha256: { kind: 'hex', characters: 64 },
  civitai_model_name: text(),
  civitai_model_base: text(),
  civitai_model_type: text(),
  civitai_model_version_name: text(),
  civitai_model_version_desc: text(LONGEST_TEXT),
  civitai_model_version_date: text(),
  civitai_download_url: { kind: 'address' },
  civitai_trained_words: text(65_536),
  civitai_file_size_kb: { kind: 'number' },
  metadata_status: word('none', 'partial', 'complete'),
  metadata_source: word('forge', 'civitai', 'embedded', 'none'),
  has_embedded_metadata: { kind: 'flag' },
  last_used: { kind: 'time' },
  created_at: { kind: 'time' },
};

/** The names of the 24 fields of {@link RegistryRow}, in the order of the table. */
export const registryFieldNames: readonly (keyof RegistryRow)[] = Object.keys(registryFields) as (keyof RegistryRow)[];
