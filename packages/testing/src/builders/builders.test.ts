import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { demoRepos } from './demo-repos.ts';
import { buildGguf } from './gguf.ts';
import { controlNetShapes, esrganShapes } from './layouts/adapters.ts';
import { fluxShapes } from './layouts/flux.ts';
import { clipLShapes, openClipGShapes, t5XxlShapes } from './layouts/text-encoders.ts';
import { unetDimensions, unetShapes } from './layouts/unet.ts';
import { vaeShapes } from './layouts/vae.ts';
import { buildPickleCheckpoint } from './pickle.ts';
import { buildSafetensors, lazySafetensors } from './safetensors.ts';
import { createSeededRandom, seededBytes } from './seeded-bytes.ts';
import { narrowed, type TensorShapes } from './shapes.ts';
import { buildZip } from './zip.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const parameters = (shapes: TensorShapes): number =>
  Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((product, dimension) => product * dimension, 1), 0);

describe('seeded bytes', () => {
  it('are the same at any cut and differ by seed', () => {
    const whole = seededBytes({ seed: 5, sizeBytes: 1000 });
    for (const [offsetBytes, sizeBytes] of [
      [0, 1000],
      [1, 7],
      [3, 997],
      [998, 2],
      [500, 0],
    ] as const) {
      expect(seededBytes({ seed: 5, offsetBytes, sizeBytes })).toEqual(
        whole.slice(offsetBytes, offsetBytes + sizeBytes),
      );
    }
    expect(seededBytes({ seed: 6, sizeBytes: 1000 })).not.toEqual(whole);
    expect(seededBytes({ seed: 5, offsetBytes: 20 * 2 ** 32, sizeBytes: 1000 })).not.toEqual(whole);
    expect(new Set(whole).size).toBeGreaterThan(200);
    expect(() => seededBytes({ seed: 1, sizeBytes: -1 })).toThrow(RangeError);
  });

  it('give random choices that a seed determines', () => {
    const draw = (seed: number) => {
      const random = createSeededRandom(seed);
      return Array.from({ length: 100 }, () => random.below(10));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(new Set(draw(1)).size).toBe(10);
  });
});

describe('safetensors', () => {
  it('lazy and whole files are the same bytes', () => {
    const definition = {
      tensors: {
        a: { dtype: 'F16', shape: [33, 3] },
        b: { dtype: 'F32', shape: [10], fill: 'zeros' },
        c: { dtype: 'U8', shape: [5], fill: Uint8Array.of(1, 2, 3, 4, 5) },
      },
      metadata: { format: 'pt' },
    } as const;
    const whole = buildSafetensors(definition);
    const lazy = lazySafetensors(definition);
    expect(lazy.sizeBytes).toBe(whole.length);
    const pieces: Uint8Array[] = [];
    for (let offset = 0; offset < whole.length; offset += 13) pieces.push(lazy.read(offset, 13));
    expect(digest(new Uint8Array(Buffer.concat(pieces)))).toBe(digest(whole));
    expect(whole.subarray(-5)).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    expect(whole.subarray(-45, -5).every((byte) => byte === 0)).toBe(true);
    expect(Number(new DataView(whole.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it('refuses what no file can hold', () => {
    expect(() => buildSafetensors({ tensors: { a: { dtype: 'F4', shape: [3] } } })).toThrow(/whole bytes/);
    expect(() => buildSafetensors({ tensors: { a: { dtype: 'U8', shape: [3], fill: new Uint8Array(2) } } })).toThrow(
      /another size/,
    );
  });
});

describe('genuine layouts', () => {
  // Numbers of parameters that the models' authors publish, or that a count of the real file gives.
  it.each([
    ['FLUX.1-dev', fluxShapes(), 11_901_408_320],
    ['FLUX.1-schnell', fluxShapes({ guidance: false }), 11_891_178_560],
    ['the U-Net of SD 1.5', unetShapes(unetDimensions.sd1), 859_520_964],
    ['the U-Net of SD 2', unetShapes(unetDimensions.sd2), 865_910_724],
    ['the U-Net of SDXL', unetShapes(unetDimensions.sdxl), 2_567_463_684],
    ['the VAE of SD', vaeShapes({ latentChannels: 4, quantConvolutions: true }), 83_653_863],
    ['the VAE of FLUX.1', vaeShapes({ latentChannels: 16, quantConvolutions: false }), 83_819_683],
    ['CLIP-L', clipLShapes(), 123_060_480],
    ['OpenCLIP bigG', openClipGShapes(), 694_659_841],
    ['T5-XXL', t5XxlShapes(), 4_762_310_656],
    ['a ControlNet of SD 1.5', controlNetShapes('sd1'), 361_279_120],
    ['Real-ESRGAN x4plus', esrganShapes(23), 16_697_987],
    ['Real-ESRGAN x4plus anime', esrganShapes(6), 4_467_779],
  ])('%s has as many parameters as the real one', (_, shapes, count) => {
    expect(parameters(shapes)).toBe(count);
  });

  it('stay whole in their names when they are made narrow', () => {
    const shapes = fluxShapes();
    const thin = narrowed(shapes, { divisor: 48, keep: [/^img_in\./], keepInput: [/^txt_in\.weight$/] });
    expect(Object.keys(thin)).toEqual(Object.keys(shapes));
    expect(thin['img_in.weight']).toEqual([3072, 64]);
    expect(thin['txt_in.weight']).toEqual([64, 4096]);
    expect(thin['double_blocks.0.img_attn.qkv.weight']).toEqual([192, 64]);
    expect(thin['double_blocks.0.img_attn.norm.key_norm.scale']).toEqual([128]);
  });
});

describe('archives', () => {
  it('have their members where the local headers say, at multiples of 64', () => {
    const members = membersOf(buildPickleCheckpoint({ tensors: { a: 16, b: 4 } }));
    expect(members.map(({ name }) => name)).toEqual([
      'archive/data.pkl',
      'archive/version',
      'archive/data/0',
      'archive/data/1',
    ]);
    expect(members.map(({ dataOffset }) => dataOffset % 64)).toEqual([0, 0, 0, 0]);
    expect(members[2]?.sizeBytes).toBe(64);
    expect(members.every(({ crcIsRight }) => crcIsRight)).toBe(true);
  });

  it('may be empty', () => {
    expect(buildZip([])).toHaveLength(22);
  });
});

describe('gguf', () => {
  it('refuses rows that do not fill the blocks of their type', () => {
    expect(() => buildGguf({ metadata: {}, tensors: { a: { type: 'Q4_K', shape: [128] } } })).toThrow(
      /multiple of 256/,
    );
  });
});

describe('the demo repos', () => {
  it('have the same bytes on every run and other bytes in every file', () => {
    const files = (): readonly string[] =>
      demoRepos({ scale: 0.02 }).flatMap(({ id, files: list }) =>
        list.map(
          ({ path, content }) => `${id}/${path} ${digest(content instanceof Uint8Array ? content : new Uint8Array(0))}`,
        ),
      );
    const first = files();
    expect(files()).toEqual(first);
    const digests = first.filter((line) => !line.includes('tiny-flux/vae/')).map((line) => line.split(' ').at(-1));
    const tokenizerConfigs = first.filter((line) => line.includes('tokenizer_config.json')).length;
    expect(new Set(digests).size).toBe(digests.length - (tokenizerConfigs - 1));
  });

  it('hold a VAE that two repos share, a gate and the sizes that were asked for', () => {
    const repos = new Map(demoRepos().map((repo) => [repo.id, repo]));
    const contentOf = (id: string, path: string) => repos.get(id)?.files.find((file) => file.path === path)?.content;
    expect(contentOf('acme/gated-flux', 'ae.safetensors')).toEqual(contentOf('acme/tiny-flux', 'vae/ae.safetensors'));
    expect(repos.get('acme/gated-flux')).toMatchObject({
      gated: 'auto',
      grantedTokens: [expect.stringMatching(/^hf_/)],
    });
    const bytes = [...repos.values()].flatMap(({ files }) =>
      files.map(({ content }) => (content instanceof Uint8Array ? content.length : 0)),
    );
    const total = bytes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50e6);
    expect(total).toBeLessThan(80e6);
  });
});

interface Member {
  readonly name: string;
  readonly sizeBytes: number;
  readonly dataOffset: number;
  readonly crcIsRight: boolean;
}

/** The members by their local headers, in order: not the way the builder's own directory is made. */
function membersOf(zip: Uint8Array): readonly Member[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  const members: Member[] = [];
  let at = 0;
  while (view.getUint32(at, true) === 0x04034b50) {
    const nameBytes = view.getUint16(at + 26, true);
    const dataOffset = at + 30 + nameBytes + view.getUint16(at + 28, true);
    const sizeBytes = view.getUint32(at + 18, true);
    const crcIsRight = view.getUint32(at + 14, true) === crc32(zip.subarray(dataOffset, dataOffset + sizeBytes));
    const name = new TextDecoder().decode(zip.subarray(at + 30, at + 30 + nameBytes));
    members.push({ name, sizeBytes, dataOffset, crcIsRight });
    at = dataOffset + sizeBytes;
  }
  return members;
}
