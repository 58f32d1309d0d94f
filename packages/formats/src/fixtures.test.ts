import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ByteSource } from '@modelkeep/core';
import { lazySafetensors, type SafetensorsDtype, type TensorDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { confusionMatrix, type Outcome } from './classify/confusion-matrix.ts';
import { identify } from './index.ts';

/** Key lists of real files that are not part of this project; the checks run where they are. */
const folder = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url));
const isHere = existsSync(folder) && statSync(folder).isDirectory();
/** Below it an answer says itself that it is not sure. */
const CONFIDENT = 0.75;

/** Type, family and how the names are written. */
const expected = {
  'keylists/flux_lora_aitoolkit_format.json': ['lora', 'flux1', 'ai-toolkit'],
  'keylists/flux_lora_diffusers_format.json': ['lora', 'flux1', 'diffusers'],
  'keylists/flux_lora_kohya_format.json': ['lora', 'flux1', 'kohya'],
  'keylists/flux_control_lora_format.json': ['lora', 'flux1', 'bfl'],
  'keylists/xlabs_flux_controlnet_state_dict.json': ['controlnet', 'flux1', 'xlabs'],
  'keylists/z_image_transformer_comfyui_keys.json': ['diffusion-model', 'z-image', 'single-file'],
  'keylists/qwen_image_lora_kohya_format.json': ['lora', 'qwen-image', 'kohya'],
  'keylists/anima_lora_kohya_format.json': ['lora', 'anima', 'kohya'],
  'keylists/flux2_vae_bfl_keys.json': ['vae', 'flux2', 'bfl'],
  'headers/sd1-controlnet-lineart-diffusers.json': ['controlnet', 'sd1', 'diffusers'],
  'headers/upscaler-realesrgan-x2plus.json': ['upscaler', null, null],
  'headers/clip-vit-large-patch14.json': ['text-encoder', null, 'transformers'],
  'headers/sd1-embedding-easynegative.json': ['embedding', 'sd1', null],
  'headers/lora-thickline.json': ['lora', 'sd1', 'kohya'],
  'headers/sdxl-unet-diffusers.json': ['diffusion-model', 'sdxl', 'diffusers'],
  'headers/sdxl-vae-diffusers.json': ['vae', null, 'diffusers'],
} as const;

describe('key lists of real models', () => {
  it(isHere ? 'are there' : 'are not there: these checks show nothing on this machine', () => {
    const missing = Object.keys(expected).filter((file) => !existsSync(`${folder}${file}`));
    expect(missing).toEqual(isHere ? [] : Object.keys(expected));
  });

  it('are told, at least 98 of 100, and none is told wrong by an answer that is sure', async () => {
    const outcomes: Outcome[] = [];
    for (const [file, [type, family, layout]] of isHere ? Object.entries(expected) : []) {
      const { scan, confidence, layout: foundLayout = null } = await identify([sourceOf(`${folder}${file}`)]);
      outcomes.push({
        name: file,
        expected: [type, family, layout],
        found: [scan.type ?? 'unknown', scan.family ?? null, foundLayout],
        confidence,
      });
    }
    const { text, right, confidentlyWrong } = confusionMatrix(outcomes, { confident: CONFIDENT });
    process.stdout.write(isHere ? `${text}\n` : 'no key lists of real models here\n');
    expect(confidentlyWrong, text).toEqual([]);
    expect(right, text).toBeGreaterThanOrEqual(outcomes.length * 0.98);
  });

  it('tell an adapter for control from others', async () => {
    const variants: (string | null)[] = [];
    for (const file of isHere
      ? Object.keys(expected).filter((name) => name.includes('flux_') && name.includes('lora'))
      : []) {
      const { scan } = await identify([sourceOf(`${folder}${file}`)]);
      if (scan.variant === 'control') variants.push(file);
    }
    expect(variants).toEqual(isHere ? ['keylists/flux_control_lora_format.json'] : []);
  });
});

type Entry = readonly number[] | { readonly shape: readonly number[]; readonly dtype: string };

const dtypes: Readonly<Record<string, SafetensorsDtype>> = {
  'torch.float32': 'F32',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.int64': 'I64',
};

function sourceOf(path: string): ByteSource {
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Entry | Record<string, Entry>>;
  const nested = parsed['params_ema'] as Record<string, Entry> | undefined;
  const tensors = Object.entries(nested ?? (parsed as Record<string, Entry>)).map(
    ([name, entry]): [string, TensorDefinition] => {
      if ('shape' in entry) return [name, { dtype: dtypes[entry.dtype] ?? 'F32', shape: entry.shape }];
      return [name, { dtype: 'BF16', shape: entry }];
    },
  );
  const content = lazySafetensors({ tensors: Object.fromEntries(tensors) });
  return { sizeBytes: content.sizeBytes, read: async (offset, length) => content.read(offset, length) };
}
