import { unetDimensions, unetShapes } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { createIdentifier } from '../identify/create-identifier.ts';
import { identify } from '../identify/identify.ts';
import { bytesSource } from '../source/bytes-source.ts';
import { buildOnnx, initialiser, proto, value } from './onnx-builder.test-helper.ts';
import { readOnnxModel } from './read-model.ts';

const identifyBytes = (bytes: Uint8Array) => identify([bytesSource(bytes)]);
const small = buildOnnx({
  nodes: ['MatMul', 'Add', 'MatMul'],
  inputs: [value('x', ['batch', 3, 512]), value('w', [4, 4])],
  outputs: [value('y', [1, 4], 10)],
  initialisers: [
    initialiser('w', [4, 4], { packed: true }),
    initialiser('b', [4]),
    initialiser('far', [1_000, 1_000], { file: 'weights.bin' }),
  ],
});

it('an ONNX file tells its versions, operators, inputs, outputs and weights', async () => {
  expect(await readOnnxModel(bytesSource(small))).toEqual({
    irVersion: 8,
    producer: 'pytorch',
    producerVersion: '2.4.0',
    graphName: 'main_graph',
    opsets: new Map([
      ['', 17],
      ['com.microsoft', 1],
    ]),
    metadata: new Map([['author', 'acme']]),
    inputs: [{ name: 'x', dtype: 'F32', shape: ['batch', 3, 512] }],
    outputs: [{ name: 'y', dtype: 'F16', shape: [1, 4] }],
    nodeCount: 3,
    operators: new Map([
      ['MatMul', 2],
      ['Add', 1],
    ]),
    initialisers: new Map([
      ['w', { dtype: 'F32', shape: [4, 4], externalFile: null }],
      ['b', { dtype: 'F32', shape: [4], externalFile: null }],
      ['far', { dtype: 'F32', shape: [1_000, 1_000], externalFile: 'weights.bin' }],
    ]),
  });
});

describe('an ONNX model is identified', () => {
  it('by weights that kept their names', async () => {
    const initialisers = Object.entries(unetShapes(unetDimensions.sd1)).map(([name, shape]) =>
      initialiser(name, shape, { type: 10, file: 'w.bin' }),
    );
    expect(await identifyBytes(buildOnnx({ initialisers }))).toMatchObject({
      format: 'onnx',
      scan: { type: 'diffusion-model', family: 'sd1', precision: 'fp16' },
      safety: null,
    });
  });

  it.each([
    ['diffusion-model', ['sample', 'timestep', 'encoder_hidden_states'], ['out_sample']],
    ['vae', ['latent_sample'], ['sample']],
    ['vae', ['sample'], ['latent_sample']],
    ['text-encoder', ['input_ids'], ['last_hidden_state', 'pooler_output']],
    ['clip-vision', ['pixel_values'], ['image_embeds']],
    ['llm', ['input_ids', 'attention_mask', 'past_key_values.0.key'], ['logits', 'present.0.key']],
    ['unknown', ['x'], ['y']],
  ])('as %s by what it takes and gives: %j -> %j', async (type, inputs, outputs) => {
    const named = (names: readonly string[]): Uint8Array[] => names.map((name) => value(name, [1]));
    const found = await identifyBytes(buildOnnx({ inputs: named(inputs), outputs: named(outputs), nodes: ['Add'] }));
    expect(found).toMatchObject({ format: 'onnx', scan: { type }, tensorCount: 0 });
    expect(found.confidence > 0).toBe(type !== 'unknown');
  });

  it('with what people ask about it', async () => {
    const { evidence, parameterCount } = await identifyBytes(small);
    expect(evidence).toEqual(
      expect.arrayContaining([
        'IR 8, operators of ai.onnx 17, com.microsoft 1, made by pytorch 2.4.0',
        '3 nodes: 2 MatMul, 1 Add',
        'weights are in weights.bin',
      ]),
    );
    expect(parameterCount).toBe(1_000_020);
    const outside = await identifyBytes(
      buildOnnx({ initialisers: [initialiser('w', [1], { file: '../../etc/passwd' })] }),
    );
    expect(outside.evidence).toContain('names a file outside of its folder: ../../etc/passwd');
  });

  it('not from afar, where each of its weights would be a request', async () => {
    await using identifier = createIdentifier({ mode: 'in-thread' });
    const large = buildOnnx({
      nodes: ['MatMul'],
      initialisers: [initialiser('w', [250, 250]), initialiser('b', [250])],
    });
    expect(await identifier.identifySources([bytesSource(large)])).toMatchObject({ format: 'onnx', tensorCount: null });
    // What comes whole with the first request is no more than a file.
    expect(await identifier.identifySources([bytesSource(small)])).toEqual(await identifyBytes(small));
  });
});

it.each([
  ['no graph', proto([1, 8], [2, 'pytorch'], [3, '1']), /no graph/],
  ['two graphs', proto([1, 8], [2, 'pytorch'], [7, proto([2, 'a'])], [7, proto([2, 'b'])]), /several graphs/],
  ['a field beyond the file', small.subarray(0, small.length - 60), /ends beyond/],
  [
    'a field beyond its message',
    proto([1, 8], [2, 'pytorch'], [7, Uint8Array.of(0x12, 0x7f, 0x41)]),
    /ends beyond its message/,
  ],
  [
    'a number without end',
    Uint8Array.from([...proto([1, 8], [2, 'pytorch']), 0x18, ...Array.from({ length: 11 }, () => 0xff)]),
    /ten bytes/,
  ],
  ['a group', Uint8Array.from([...proto([1, 8], [2, 'pytorch']), 0x1b]), /unknown kind/],
  ['weights twice', buildOnnx({ initialisers: [initialiser('w', [1]), initialiser('w', [1])] }), /twice/],
  [
    'a shape that is too large',
    buildOnnx({ initialisers: [initialiser('w', [2 ** 40, 2 ** 40], { file: 'x' })] }),
    /too large/,
  ],
  [
    'too many dimensions',
    buildOnnx({
      initialisers: [
        initialiser(
          'w',
          Array.from({ length: 65 }, () => 1),
        ),
      ],
    }),
    /dimensions/,
  ],
  ['a producer without end', proto([1, 8], [2, 'x'.repeat(70_000)], [7, proto([2, 'a'])]), /70000 bytes/],
])('%s is refused', async (_, bytes, reason) => {
  await expect(readOnnxModel(bytesSource(bytes), { path: 'x.onnx' })).rejects.toMatchObject({
    code: 'formats.invalid',
    facts: { format: 'onnx', path: 'x.onnx', reason: expect.stringMatching(reason) },
  });
});
