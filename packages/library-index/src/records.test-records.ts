import type { ModelFile, ModelRecord, ModelType } from '@modelkeep/core';

/** @internal Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @internal An id that sorts by its number. */
export function idOf(number: number): string {
  const hex = number.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** @internal A digest that belongs to a number. */
export function digestOf(number: number, length = 64): string {
  return number.toString(16).padStart(length, 'a');
}

/** @internal A model that is what the changes say, and otherwise like any other. */
export function makeRecord(number: number, changes: Partial<ModelRecord> = {}): ModelRecord {
  const name = changes.officialName ?? `model ${number}`;
  const file: ModelFile = {
    name: `${name.replaceAll(/[^\w.-]+/g, '-')}.safetensors`,
    officialName: `${name}.safetensors`,
    role: 'weights',
    sizeBytes: 1_000 + number,
    sha256: digestOf(number),
    blake3: null,
    gitSha1: null,
    source: null,
  };
  return {
    id: idOf(number),
    slug: `diffusion/other/${number}`,
    place: { kind: 'library' },
    officialName: name,
    cleanedName: name.replaceAll(/[^\w.-]+/g, '-'),
    name: null,
    type: 'checkpoint',
    family: null,
    baseModel: null,
    format: 'safetensors',
    variant: null,
    precision: null,
    quantisation: null,
    parameterCount: null,
    description: null,
    tags: [],
    triggerWords: [],
    safety: null,
    licence: null,
    sizeBytes: 1_000 + number,
    files: [file],
    sources: [],
    sourceGroup: null,
    variantOf: null,
    companions: [],
    expectedFiles: [],
    complete: true,
    origins: {},
    revision: 1,
    importedAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
    ...changes,
  };
}

const families = ['flux1', 'sdxl', 'sd1', 'llama', 'qwen2', 'wan', null];
const types: readonly ModelType[] = ['checkpoint', 'lora', 'lora', 'lora', 'vae', 'llm', 'text-encoder'];
const bases = ['Flux.1 D', 'SDXL 1.0', 'SD 1.5', null];

const syllables = ['ka', 'lo', 'mi', 'nu', 'ra', 'se', 'ti', 'vo', 'xé', 'zan', 'bri', 'dol'];

/** A word that belongs to a number; small numbers are common words. */
function wordOf(number: number): string {
  let word = '';
  for (let rest = number + 200; rest > 0; rest = Math.floor(rest / syllables.length))
    word += syllables[rest % syllables.length];
  return word;
}

/** @internal A model as people have them; few words are common, most are rare. */
export function randomRecord(number: number, random: () => number): ModelRecord {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const word = (): string => wordOf(Math.floor(20_000 * random() ** 3));
  const words = (most: number): string[] => Array.from({ length: Math.floor(random() * most) }, word);
  const family = pick(families);
  const name = [family ?? word(), word(), ...words(3), `v${Math.floor(random() * 9)}`].join(pick(['-', '_', ' ', '.']));
  const repo = `${word()}/${name.replaceAll(' ', '-')}`;
  const source = {
    provider: 'hf',
    endpoint: 'https://huggingface.co',
    repo,
    revision: 'main',
    commit: digestOf(number, 40),
    path: null,
  } as const;
  const base = makeRecord(number, { officialName: name });
  const files = base.files.map((file) => ({ ...file, gitSha1: random() < 0.3 ? digestOf(number, 40) : null }));
  return {
    ...base,
    files,
    type: pick(types),
    family,
    baseModel: pick(bases),
    format: pick(['safetensors', 'gguf']),
    quantisation: pick(['Q4_K_M', 'Q8_0', null, null]),
    tags: words(5),
    triggerWords: words(3),
    description: random() < 0.5 ? `<p>${words(40).join(' ')}</p>` : null,
    sources: [source],
    revision: 1 + Math.floor(random() * 5),
  };
}
