import type { ByteSource } from '@modelkeep/core';
import { buildSafetensors, unetDimensions, unetShapes, vaeShapes, type TensorShapes } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { oldTorch, tarHeaded } from '../pickle/containers.test-helper.ts';
import { bytesOf, calling, op } from '../pickle/pickle-builder.test-helper.ts';
import { pickled, tensor, type Saved } from '../pickle/python-pickle.test-helper.ts';
import { torchZip } from '../pickle/zip-builder.test-helper.ts';
import { bytesSource } from '../source/bytes-source.ts';
import { createIdentifier } from './create-identifier.ts';
import { identify } from './identify.ts';

const identifyBytes = (...files: Uint8Array[]) => identify(files.map((bytes) => bytesSource(bytes)));
/** As torch writes it, without the numbers themselves: gigabytes. */
const zipped = (value: Saved): Uint8Array => torchZip(pickled(value).bytes);
const saved = (shapes: TensorShapes, prefix = ''): Readonly<Record<string, Saved>> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, tensor(shape, 'Half')]));

const unet = saved(unetShapes(unetDimensions.sd1), 'model.diffusion_model.');
const vae = saved(vaeShapes({ latentChannels: 4, quantConvolutions: true }), 'first_stage_model.');
const esrgan = Object.fromEntries(
  ['conv_first', 'body.0.rdb1.conv1', 'conv_body', 'conv_up1', 'conv_last'].flatMap((name) => [
    [`${name}.weight`, tensor([64, 64, 3, 3])],
    [`${name}.bias`, tensor([64])],
  ]),
);

describe('a pickle', () => {
  it.each([
    [
      'an SD 1 checkpoint',
      { state_dict: { ...unet, ...vae }, global_step: 470_000 },
      { type: 'checkpoint', family: 'sd1', precision: 'fp16' },
    ],
    ['its U-Net in the names of the checkpoint', unet, { type: 'diffusion-model', family: 'sd1' }],
    [
      'an ESRGAN upscaler below params_ema',
      { params_ema: new Map(Object.entries(esrgan)) },
      { type: 'upscaler', variant: 'esrgan', precision: 'fp32' },
    ],
    [
      'an embedding',
      { string_to_param: { '*': tensor([4, 768]) }, string_to_token: { '*': 265 }, name: 'easynegative' },
      { type: 'embedding', family: 'sd1' },
    ],
    ['an embedding of diffusers', { '<cat-toy>': tensor([1024]) }, { type: 'embedding', family: 'sd2' }],
    [
      'a VAE',
      { state_dict: saved(vaeShapes({ latentChannels: 4, quantConvolutions: true })) },
      { type: 'vae', variant: '4-channel' },
    ],
    ['something unknown', { a: tensor([2]) }, { type: 'unknown' }],
    ['no tensors at all', { a: 1 }, { type: 'unknown', family: null }],
  ] as const)('is identified: %s', async (_, value, scan) => {
    const found = await identifyBytes(zipped(value));
    expect(found, found.evidence.join('\n')).toMatchObject({
      format: 'pickle',
      scan,
      safety: { verdict: 'no-findings' },
    });
    expect(structuredClone(found)).toEqual(found);
  });

  it('tells what stands beside the tensors', async () => {
    const checkpoint = await identifyBytes(zipped({ state_dict: unet, global_step: 470_000, epoch: 3 }));
    expect(checkpoint.evidence).toEqual(
      expect.arrayContaining(['the tensors are in state_dict', 'global_step is 470000', 'epoch is 3']),
    );
    const embedding = await identifyBytes(
      zipped({ string_to_param: { '*': tensor([4, 768]) }, name: 'easy\u202enegative' }),
    );
    expect(embedding.embedded).toEqual({ name: 'easynegative' });
  });

  it('of the old format is identified too', async () => {
    const { bytes, storages } = pickled({ params: esrgan }, { isOld: true });
    const numbers = bytesOf(
      ...storages.map(({ count, sizeBytes }) => bytesOf(op.little(count, 8), new Uint8Array(sizeBytes))),
    );
    const found = await identifyBytes(oldTorch({ saved: bytes, keys: storages.map(({ key }) => key), numbers }));
    expect(found).toMatchObject({ format: 'pickle', scan: { type: 'upscaler' }, safety: { verdict: 'no-findings' } });
  });

  it('in shards is one model with the worst of their verdicts', async () => {
    const [first, ...rest] = Object.entries(unet);
    const shards = [zipped(Object.fromEntries(rest)), zipped(Object.fromEntries([first ?? []]))];
    expect(await identifyBytes(...shards)).toMatchObject({
      scan: { family: 'sd1' },
      tensorCount: Object.keys(unet).length,
    });
    const found = await identifyBytes(...shards, calling('os', 'system'));
    expect(found.safety).toMatchObject({ verdict: 'dangerous', findings: [{ global: 'os.system', file: '3' }] });
  });

  it('is found under the header of another format', async () => {
    const header = bytesOf('\x80\x02X\x05\x00\x00\x00\x00', '{"a"', calling('os', 'system').subarray(2));
    const sizeBytes = 90_000_000;
    const source: ByteSource = {
      sizeBytes,
      read: async (offset, length) =>
        bytesOf(header.subarray(offset, offset + length), new Uint8Array(Math.max(0, length - header.length))),
    };
    const found = await identify([source]);
    expect(found).toMatchObject({ scan: { type: 'unknown' }, safety: { verdict: 'dangerous' } });
    const padded = buildSafetensors({
      metadata: { pad: '0'.repeat(600) },
      tensors: { a: { dtype: 'U8', shape: [4] } },
    });
    expect(await identifyBytes(padded)).toMatchObject({ format: 'safetensors', safety: null });
    const tar = await identifyBytes(tarHeaded(padded, ''));
    expect(tar).toMatchObject({ format: 'safetensors', safety: { verdict: 'unscanned' } });
    const genuine = await identifyBytes(buildSafetensors({ tensors: { a: { dtype: 'U8', shape: [4] } } }));
    expect(genuine.safety).toBeNull();
  });
});

describe.each(['worker', 'in-thread'] as const)('identifySources of a pickle, %s', (mode) => {
  it('reads its directory and its pickle, and not the headers of a thousand members', async () => {
    await using identifier = createIdentifier({ mode });
    const { bytes, storages } = pickled(
      Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`a.${at}.weight`, tensor([5_000])])),
    );
    const file = torchZip(
      bytes,
      storages.map(({ key, sizeBytes }) => ({
        path: `archive/data/${key}`,
        bytes: new Uint8Array(sizeBytes),
        described: true,
      })),
    );
    let reads = 0;
    let readBytes = 0;
    const source: ByteSource = {
      sizeBytes: file.length,
      async read(offset, length) {
        reads += 1;
        readBytes += length;
        return file.subarray(offset, offset + length);
      },
    };
    const found = await identifier.identifySources([source]);
    expect(found).toMatchObject({ format: 'pickle', tensorCount: 1_000, safety: { verdict: 'unscanned' } });
    expect(reads).toBeLessThan(8);
    expect(readBytes).toBeLessThan(2_000_000);
  });

  it('of 16 MiB at most reads all of it, and says no less than of a file', async () => {
    await using identifier = createIdentifier({ mode });
    const { bytes, storages } = pickled({ 'a.weight': tensor([100_000]) });
    const file = torchZip(
      bytes,
      storages.map(({ key, sizeBytes }) => ({ path: `archive/data/${key}`, bytes: new Uint8Array(sizeBytes) })),
    );
    const found = await identifier.identifySources([bytesSource(file)]);
    expect(found.safety?.verdict).toBe('no-findings');
    expect(found).toEqual(await identify([bytesSource(file)]));
  });
});
