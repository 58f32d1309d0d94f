import { isModelkeepError, type ByteSource } from '@modelkeep/core';
import {
  buildGguf,
  buildLlamaGguf,
  buildPickleCheckpoint,
  buildSafetensors,
  createSeededRandom,
  fluxLoraMetadata,
  type SeededRandom,
} from '@modelkeep/testing';
import { expect, it } from 'vitest';
import {
  bytesSource,
  identify,
  readGgufHeader,
  readModelIndex,
  readOnnxModel,
  readSafetensorsHeader,
  readSafetensorsIndex,
  scanPickle,
} from './index.ts';
import { buildOnnx, initialiser, value } from './onnx/onnx-builder.test-helper.ts';
import { oldTorch, tarOf } from './pickle/containers.test-helper.ts';
import { bytesOf, calling, callingFour } from './pickle/pickle-builder.test-helper.ts';
import { pickled, tensor } from './pickle/python-pickle.test-helper.ts';
import { craftZip } from './pickle/zip-builder.test-helper.ts';

/** Inputs of each parser; a nightly run sets more. */
const rounds = Number(process.env['MODELKEEP_FUZZ'] ?? 100_000);
const seed = Number(process.env['MODELKEEP_FUZZ_SEED'] ?? 20_260_101);
/** Of processor time: a busy machine does not count. */
const MAX_MS = 1000;
const MAX_HEAP_BYTES = 256 * 1024 * 1024;
// Nobody reads where these errors were made, and to find it takes longer than to parse.
Error.stackTraceLimit = 0;

const lora = { dtype: 'F16', shape: [2, 3] } as const;
const benign = pickled({ state_dict: { a: tensor([4, 4]), 'b.c': tensor([2]) }, step: 7, list: [1.5, null, true] });
const pickles = [
  benign.bytes,
  pickled({ a: tensor([4]), n: 70_000 }, { protocol: 4 }).bytes,
  bytesOf("(dp0\nS'a'\np1\nI1\nsS'b'\nL12L\nsV\\u0061\nF1.5\nsg1\nccollections\nOrderedDict\n(tRs."),
  bytesOf(callingFour('os', 'system'), calling('torch._utils', '_rebuild_tensor_v2')),
];
type Parse = (source: ByteSource) => unknown;
interface Parser {
  readonly parse: Parse;
  readonly samples: readonly Uint8Array[];
}
const text = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
const pickleFiles = [
  buildPickleCheckpoint({ tensors: { a: 4 } }),
  ...pickles,
  oldTorch({ saved: benign.bytes, keys: ['1'], numbers: new Uint8Array(24) }),
  craftZip([
    { path: 'a/data.pkl', bytes: benign.bytes, deflate: true },
    { path: 'a/data/0', bytes: new Uint8Array(64), described: true },
  ]),
  tarOf({ pickle: benign.bytes }),
];
const safetensorsFiles = [
  buildSafetensors({
    tensors: {
      'a.lora_down.weight': lora,
      'b\\"': { dtype: 'F8_E4M3', shape: [4] },
      empty: { dtype: 'I64', shape: [0] },
    },
    metadata: fluxLoraMetadata,
  }),
  buildSafetensors({ tensors: { emb_params: { dtype: 'F32', shape: [1, 4] } } }),
];
const ggufFiles = [
  ...([1, 2, 3] as const).map((version) =>
    buildGguf({
      version,
      bigEndian: version === 2,
      metadata: {
        'general.architecture': 'llama',
        words: ['a', 'bc'],
        'llama.block_count': 1,
        nan: { type: 'f32', value: Number.NaN },
      },
      tensors: { 'x.weight': { type: 'Q8_0', shape: [32, 1] }, y: { type: 'F32', shape: [2] } },
    }),
  ),
  buildLlamaGguf({
    dimensions: { width: 256, feedForward: 256, blocks: 1, heads: 4, keyValueHeads: 4, vocabulary: 40 },
    mixture: 'Q8_0',
  }).subarray(0, 2048),
];
const onnxFiles = [
  buildOnnx({
    nodes: ['Add', 'MatMul'],
    inputs: [value('x', ['batch', 3])],
    outputs: [value('y', [1])],
    initialisers: [initialiser('w', [2, 2]), initialiser('v', [2], { file: 'a.bin', packed: true })],
  }),
];
const descriptions = [
  text({
    _class_name: 'P',
    _diffusers_version: '0.30.0',
    vae: ['diffusers', 'A'],
    unet: ['diffusers', 'U'],
    x: [null, null],
  }),
  text({ _class_name: ['my_pipeline', 'P'], tokenizer: ['transformers', 'CLIPTokenizer'], steps: [1, 2] }),
];
const indexes = [
  text({
    metadata: { total_size: 7 },
    weight_map: { a: 'x-00001-of-00002.safetensors', b: 'x-00002-of-00002.safetensors' },
  }),
];
/** Each reader by itself: it sees also what the recognition of formats would keep from it. */
const parsers: Readonly<Record<string, Parser>> = {
  safetensors: { parse: readSafetensorsHeader, samples: safetensorsFiles },
  gguf: { parse: readGgufHeader, samples: ggufFiles },
  onnx: { parse: readOnnxModel, samples: onnxFiles },
  pickle: { parse: scanPickle, samples: pickleFiles },
  'model_index.json': { parse: async (source) => readModelIndex(await allOf(source)), samples: descriptions },
  'shard index': { parse: async (source) => readSafetensorsIndex(await allOf(source)), samples: indexes },
  'any format': {
    parse: (source) => identify([source]),
    samples: [...safetensorsFiles, ...ggufFiles, ...onnxFiles, ...pickleFiles],
  },
};

it.each(Object.entries(parsers))(
  `${rounds} damaged inputs of %s give an answer or a typed error, soon and in little memory`,
  async (name, { parse, samples }) => {
    const random = createSeededRandom(seed);
    const outcomes = new Map<string, number>();
    let slowestMs = 0;
    let peakBytes = 0;
    for (let round = 0; round < rounds; round += 1) {
      const bytes = damaged(samples[random.below(samples.length)] ?? new Uint8Array(0), random);
      const before = process.cpuUsage();
      const outcome = await outcomeOf(bytes, { round, parse });
      const { user, system } = process.cpuUsage(before);
      slowestMs = Math.max(slowestMs, (user + system) / 1000);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (round % 64 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers);
    }
    expect([...outcomes.keys()].filter((outcome) => outcome.startsWith('untyped'))).toEqual([]);
    // A pickle is never refused: what is wrong with it is a finding.
    if (name !== 'pickle') expect(outcomes.get('formats.invalid')).toBeGreaterThan(rounds / 20);
    expect(outcomes.get('identified')).toBeGreaterThan(rounds / 50);
    expect(slowestMs).toBeLessThan(MAX_MS);
    expect(peakBytes).toBeLessThan(MAX_HEAP_BYTES);
  },
  600_000,
);

function allOf(source: ByteSource): Promise<Uint8Array> {
  return source.read(0, source.sizeBytes);
}

async function outcomeOf(
  bytes: Uint8Array,
  { round, parse }: { readonly round: number; readonly parse: Parse },
): Promise<string> {
  try {
    await parse(bytesSource(bytes));
    return 'identified';
  } catch (error) {
    if (isModelkeepError(error)) return error.code;
    return `untyped: ${String(error)} in round ${round}`;
  }
}

/** One to four changes: bits, bytes that numbers and texts are sensitive to, cut, doubled and swapped ranges. */
function damaged(sample: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes = sample.slice();
  for (let change = random.below(4); change >= 0; change -= 1) {
    const at = random.below(Math.max(1, bytes.length));
    const kind = random.below(8);
    if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    else if (kind === 1)
      bytes[at] = [0x00, 0xff, 0x7f, 0x80, 0x22, 0x5c, 0x7b, 0x7d, 0x5d, 0x2c][random.below(10)] ?? 0;
    else if (kind === 2) bytes.fill(random.below(2) * 0xff, at, at + 1 + random.below(8));
    else if (kind === 3) bytes = bytes.slice(0, at);
    else if (kind === 4)
      bytes = new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(at + 1))]));
    else if (kind === 5) bytes.copyWithin(at, random.below(bytes.length + 1), random.below(bytes.length + 1));
    else if (kind === 6)
      new DataView(bytes.buffer).setUint8(Math.min(bytes.length - 1, 8 + random.below(24)), random.below(256));
    else bytes.set(Uint8Array.of(random.below(256)), at);
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}
