import { factsOfCivitai, noCivitaiDetails, type CivitaiDetails, type ModelFacts } from '@modelkeep/core';
import type { ToldOfModel } from '../models/add-to-model.ts';
import { registryTime } from './registry-time.ts';
import type { NotOnCivitai, RegistryEntry, RegistryRow } from './registry-row.ts';

const MOST_WORDS = 1_000;
/** As many rows as one model may have: a copy of its file in each place is one. */
const MOST_ROWS = 100;

/**
 * What the rows of a registry tell of the model that has their file: the layer `registry`, which holds the rows as they
 * are. Several rows are copies of one file: the first by its number counts, the others fill what it lacks.
 *
 * @param at - when the registry was written: ISO 8601
 */
export function toldByRegistry(entries: readonly RegistryEntry[], at: string): ToldOfModel {
  const ordered = entries.toSorted((a, b) => a.row.id - b.row.id).slice(0, MOST_ROWS);
  const details = ordered.map(({ row }) => detailsOf(row));
  const [first = noCivitaiDetails] = details;
  const civitai = details.filter((one) => isOfSame(first, one)).reduce((known, one) => filled(known, one), first);
  const isEmpty = Object.values(civitai).every((value) => value === null);
  const paths = ordered.flatMap(({ row, aliases }) => [row.local_path ?? [], aliases].flat());
  const used = ordered
    .flatMap(({ row }) => registryTime(row.last_used) ?? [])
    .toSorted()
    .at(-1);
  return {
    layers: {
      registry: {
        facts: factsOf(ordered, civitai),
        at,
        ...(isEmpty ? {} : { civitai }),
        extra: { entries: ordered },
      },
    },
    aliases: paths.filter((path) => path.trim() !== ''),
    lastUsedAt: used,
  };
}

/**
 * `lora` is a word that such a registry has from what it read; `checkpoint` is what it calls everything else, so that it
 * says nothing of the type.
 */
function factsOf(entries: readonly RegistryEntry[], civitai: CivitaiDetails): ModelFacts {
  const facts = factsOfCivitai(civitai);
  const isLora = entries.some(({ row }) => row.type === 'lora');
  return { ...facts, type: facts.type === 'checkpoint' ? null : (facts.type ?? (isLora ? 'lora' : null)) };
}

function detailsOf(row: RegistryRow): CivitaiDetails {
  return {
    ...noCivitaiDetails,
    modelId: stated(row.civitai_id),
    versionId: stated(row.civitai_version_id),
    modelName: stated(row.civitai_model_name),
    modelType: stated(row.civitai_model_type),
    baseModel: stated(row.civitai_model_base),
    versionName: stated(row.civitai_model_version_name),
    versionDescription: stated(row.civitai_model_version_desc),
    publishedAt: stated(row.civitai_model_version_date),
    downloadUrl: stated(row.civitai_download_url),
    trainedWords: wordsOf(stated(row.civitai_trained_words)),
    fileSizeKb: stated(row.civitai_file_size_kb),
  };
}

function stated<T extends string | number>(value: T | NotOnCivitai | null): T | null {
  return value === 'none' || value === '' ? null : value;
}

function wordsOf(text: string | null): readonly string[] | null {
  if (text === null) return null;
  if (!/^\s*[[{"]/u.test(text)) return trimmed(text.split(','));
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? trimmed(words.filter((word) => typeof word === 'string')) : null;
  } catch {
    // It throws for nothing but what is no JSON.
    return null;
  }
}

function trimmed(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => (word.trim() === '' ? [] : [word.trim()])).slice(0, MOST_WORDS);
}

/** Rows that speak of two models on Civitai are not made one. */
function isOfSame(one: CivitaiDetails, other: CivitaiDetails): boolean {
  const agree = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;
  return agree(one.modelId, other.modelId) && agree(one.versionId, other.versionId);
}

function filled(known: CivitaiDetails, more: CivitaiDetails): CivitaiDetails {
  const values = Object.entries(known).map(([name, value]) => [name, value ?? more[name as keyof CivitaiDetails]]);
  return Object.fromEntries(values) as CivitaiDetails;
}
