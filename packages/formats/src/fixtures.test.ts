import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ByteSource } from '@modelkeep/core';
import { lazySafetensors, type SafetensorsDtype, type TensorDefinition } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { identify } from './index.ts';

/** Key lists of real files that are not part of this project; the checks run where they are. */
const folder = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url));
const isHere = existsSync(folder) && statSync(folder).isDirectory();

const expected = {
  'keylists/flux_lora_aitoolkit_format.json': ['lora', 'flux1'],
  'keylists/flux_lora_diffusers_format.json': ['lora', 'flux1'],
  'keylists/flux_lora_kohya_format.json': ['lora', 'flux1'],
  'keylists/flux_control_lora_format.json': ['lora', 'flux1'],
  'keylists/xlabs_flux_controlnet_state_dict.json': ['controlnet', 'flux1'],
  'keylists/z_image_transformer_comfyui_keys.json': ['diffusion-model', 'z-image'],
  'keylists/qwen_image_lora_kohya_format.json': ['lora', 'qwen-image'],
  'keylists/anima_lora_kohya_format.json': ['lora', 'anima'],
  'keylists/flux2_vae_bfl_keys.json': ['vae', 'flux2'],
  'headers/sd1-controlnet-lineart-diffusers.json': ['controlnet', 'sd1'],
  'headers/upscaler-realesrgan-x2plus.json': ['upscaler', null],
  'headers/clip-vit-large-patch14.json': ['text-encoder', null],
  'headers/sd1-embedding-easynegative.json': ['embedding', 'sd1'],
  'headers/lora-thickline.json': ['lora', 'sd1'],
  'headers/sdxl-unet-diffusers.json': ['diffusion-model', 'sdxl'],
  'headers/sdxl-vae-diffusers.json': ['vae', null],
} as const;

describe('key lists of real models', () => {
  it(isHere ? 'are there' : 'are not there: these checks show nothing on this machine', () => {
    const missing = Object.keys(expected).filter((file) => !existsSync(`${folder}${file}`));
    expect(missing).toEqual(isHere ? [] : Object.keys(expected));
  });

  for (const [file, [type, family]] of isHere ? Object.entries(expected) : []) {
    it(`${file} is ${type} of ${family ?? 'no single family'}`, async () => {
      const { scan, confidence, evidence } = await identify([sourceOf(`${folder}${file}`)]);
      expect({ type: scan.type, family: scan.family }, evidence.join('\n')).toEqual({ type, family });
      expect(confidence).toBeGreaterThan(0);
    });
  }
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
