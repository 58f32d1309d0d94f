import { isModelkeepError } from '@modelkeep/core';
import { createSeededRandom, type SeededRandom } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { readSidecar } from './read-sidecar-file.ts';
import { resolveSidecar } from './resolve-sidecar.ts';

/** Inputs of each parser; a nightly run sets more. */
const rounds = Number(process.env['MODELKEEP_FUZZ'] ?? 100_000);
const seed = Number(process.env['MODELKEEP_FUZZ_SEED'] ?? 20_260_101);
/** Of processor time: a busy machine does not count. */
const MAX_MS = 1_000;
const MAX_HEAP_BYTES = 512 * 1024 * 1024;
// Nobody reads where these errors were made, and to find it takes longer than to parse.
Error.stackTraceLimit = 0;

const sha256 = 'ab'.repeat(32);
const version = {
  id: 70,
  modelId: 7,
  name: 'v1',
  description: '<p>Sharper <i>lines</i></p>',
  baseModel: 'SDXL 1.0',
  trainedWords: ['thick line', 'ink'],
  publishedAt: '2025-03-01T10:00:00.000Z',
  nsfwLevel: 1,
  files: [{ id: 700, name: 'line.safetensors', sizeKB: 3.5, hashes: { SHA256: sha256, AutoV2: 'ABABABABAB' } }],
  images: [{ url: 'https://image.civitai.com/a.jpeg', nsfwLevel: 1, type: 'image' }],
};
const named = { ...version, model: { name: 'Thick line', type: 'LORA', nsfw: false } };
/** One of each parser of JSON. */
const jsonSamples = {
  forge: {
    description: 'for line art',
    'sd version': 'SDXL',
    'activation text': 'ink',
    'preferred weight': 0.8,
    notes: 'x',
  },
  'civitai-version': named,
  'civitai-model': {
    id: 7,
    name: 'Thick line',
    type: 'LORA',
    tags: ['style', { name: 'comic' }],
    modelVersions: [version],
  },
  'stability-matrix': {
    ModelId: 7,
    ModelName: 'Thick line',
    Tags: ['style'],
    ModelType: 'LORA',
    VersionId: 70,
    BaseModel: 'Pony',
    Hashes: { SHA256: sha256, CRC32: '01234567' },
    TrainedWords: ['ink'],
    Source: 0,
  },
  swarm: { 'modelspec.title': 'Mine', 'modelspec.architecture': 'flux-1-dev/lora', preview_image: 'data:,' },
  'lora-manager': {
    file_name: 'line',
    model_name: 'Line',
    file_path: '/a.safetensors',
    sha256,
    base_model: 'SDXL 1.0',
    civitai: named,
  },
};
const card =
  '---\r\nlicense: other\r\nlicense_name: flux\r\ntags: [style, lora]\r\nbase_model:\r\n  - a/b\r\ninstance_prompt: ink\r\n---\r\n# Ink';
const words =
  'null|[]|{}|-1|1e999|"\\u0000"|"__proto__"|"constructor"||"|{|[|,|:|true|\\ud800|&a |*a|<p|---|\n|\u202e|- ? '.split(
    '|',
  );

it.each([
  ...Object.entries(jsonSamples).map(([kind, json]) => [kind, JSON.stringify(json)] as const),
  ['model-card', card] as const,
])(
  `${rounds} damaged sidecars of %s are read or left, soon and in little memory`,
  async (kindOfSample, sample) => {
    const random = createSeededRandom(seed);
    const kinds = new Map<string, number>();
    const untyped: string[] = [];
    let slowestMs = 0;
    let peakBytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const bytes = damaged(sample, random);
      const before = process.cpuUsage();
      try {
        const found = await readSidecar(bytesSource(bytes));
        if (found !== null) resolveSidecar(found, { sha256 });
        kinds.set(found?.kind ?? 'none', (kinds.get(found?.kind ?? 'none') ?? 0) + 1);
      } catch (error) {
        if (!isModelkeepError(error)) untyped.push(`${String(error)} in round ${round}`);
      }
      const { user, system } = process.cpuUsage(before);
      slowestMs = Math.max(slowestMs, (user + system) / 1_000);
      if (round % 1_024 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().heapUsed);
    }
    expect(untyped).toEqual([]);
    // The parser has read many, and many were left.
    for (const kind of [kindOfSample, 'none']) expect(kinds.get(kind), kind).toBeGreaterThan(rounds / 50);
    expect(slowestMs).toBeLessThan(MAX_MS);
    expect(peakBytes).toBeLessThan(MAX_HEAP_BYTES);
  },
  600_000,
);

/** One to three changes: words that parsers are sensitive to in place of some letters, doubled and cut ranges, other bytes. */
function damaged(sample: string, random: SeededRandom): Uint8Array {
  let text = sample;
  for (let change = random.below(3); change >= 0; change -= 1) {
    const at = random.below(text.length + 1);
    const kind = random.below(8);
    if (kind === 0) text = text.slice(0, at) + text.slice(random.below(text.length + 1));
    else if (kind === 1) text = text.slice(0, at);
    else text = text.slice(0, at) + (words[random.below(words.length)] ?? '') + text.slice(at + random.below(12));
  }
  const bytes = Buffer.from(text);
  if (bytes.length > 0 && random.below(16) === 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}
