import { buildGguf, buildSafetensors, buildSdxlCheckpoint } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { identify } from '../identify/identify.ts';
import { bytesSource } from '../source/bytes-source.ts';
import { buildOnnx, initialiser, value } from '../onnx/onnx-builder.test-helper.ts';
import { pickled, tensor } from '../pickle/python-pickle.test-helper.ts';
import { torchZip } from '../pickle/zip-builder.test-helper.ts';

const detailsOf = async (bytes: Uint8Array) => (await identify([bytesSource(bytes)])).details;

it('of a checkpoint in safetensors are its parts with their sizes, and its dtypes', async () => {
  const details = await detailsOf(buildSdxlCheckpoint({ scale: 0.1 }));
  if (details?.format !== 'safetensors') throw new Error('no details');
  const names = details.components.map(({ name }) => name);
  expect(names.toSorted()).toEqual(['diffusion-model', 'text-encoder', 'vae']);
  const elements = Object.values(details.dtypes).reduce((sum, count) => sum + count, 0);
  expect(details.components.reduce((sum, part) => sum + part.elements, 0)).toBe(elements);
  const small = await detailsOf(
    buildSafetensors({
      tensors: { 'a.lora_A.weight': { dtype: 'F16', shape: [2, 3] }, b: { dtype: 'F8_E4M3', shape: [4] } },
    }),
  );
  expect(small).toEqual({
    format: 'safetensors',
    dtypes: { F16: 6, F8_E4M3: 4 },
    components: [
      { name: 'lora', tensors: 1, sizeBytes: 12, elements: 6 },
      { name: 'other', tensors: 1, sizeBytes: 4, elements: 4 },
    ],
  });
});

it.each([
  [1, false],
  [2, true],
  [3, false],
] as const)(
  'of a GGUF file of version %i, big endian %j, are context, template and parts',
  async (version, bigEndian) => {
    const bytes = buildGguf({
      version,
      bigEndian,
      metadata: {
        'general.architecture': 'llama',
        'general.file_type': 7,
        'llama.block_count': 2,
        'llama.context_length': 8_192,
        'tokenizer.ggml.tokens': ['a', 'b', 'c'],
        'tokenizer.chat_template': '{{ messages }}',
        'split.count': 3,
      },
      tensors: { 'x.weight': { type: 'Q8_0', shape: [32, 2] }, y: { type: 'F32', shape: [2] } },
    });
    expect(await detailsOf(bytes)).toEqual({
      format: 'gguf',
      version,
      littleEndian: !bigEndian,
      architecture: 'llama',
      contextLength: 8_192,
      blockCount: 2,
      vocabulary: 3,
      chatTemplate: '{{ messages }}',
      fileType: 7,
      tensorTypes: { Q8_0: 64, F32: 2 },
      splitCount: 3,
    });
  },
);

it('of a pickle are what stands beside its tensors, without what could mislead', async () => {
  const { bytes } = pickled({ state_dict: { a: tensor([2]) }, global_step: 7, name: 'x\u202ey' });
  expect(await detailsOf(torchZip(bytes))).toEqual({
    format: 'pickle',
    container: 'zip',
    below: 'state_dict',
    values: { global_step: 7, name: 'xy' },
  });
});

it('of an ONNX file are its versions, what it takes and gives, operators and files', async () => {
  const bytes = buildOnnx({
    nodes: ['Add', 'Add', 'Mul'],
    inputs: [value('x', ['batch', 3])],
    outputs: [value('y', [1], 10)],
    initialisers: [initialiser('w', [2], { file: 'w.bin' })],
  });
  expect(await detailsOf(bytes)).toEqual({
    format: 'onnx',
    irVersion: 8,
    producer: 'pytorch 2.4.0',
    opsets: { '': 17, 'com.microsoft': 1 },
    inputs: [{ name: 'x', dtype: 'F32', shape: ['batch', 3] }],
    outputs: [{ name: 'y', dtype: 'F16', shape: [1] }],
    operators: { Add: 2, Mul: 1 },
    externalFiles: ['w.bin'],
  });
});

it('of an unknown file are none', async () => {
  expect(await detailsOf(new Uint8Array(9))).toBeNull();
});
