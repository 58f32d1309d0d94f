import { expect, it } from 'vitest';
import { searchTerms } from './search-terms.ts';

it.each([
  ['flux1-dev.safetensors', ['flux1-dev', 'flux1 dev', 'flux1']],
  ['Qwen2.5-72B-Instruct-Q4_K_M-00001-of-00002.gguf', ['Qwen2.5-72B-Instruct', 'Qwen2.5 72B', 'Qwen2.5']],
  ['Huge-120B.i1-Q4_K_S.gguf.part1of2', ['Huge-120B', 'Huge 120B', 'Huge']],
  ['a/b/wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors', ['wan2.2_i2v_high_noise_14B', 'wan2.2 i2v', 'wan2.2']],
  ['sd_xl_base_1.0.safetensors', ['sd_xl_base_1.0', 'sd xl']],
  ['4x-UltraSharp.pth', ['4x-UltraSharp', '4x UltraSharp']],
  ['model.safetensors', []],
  ['diffusion_pytorch_model-00001-of-00003.safetensors', []],
  ['x.gguf', []],
  ['Q4_K_M.gguf', []],
])('searches for %s with %j', (name, terms) => {
  expect(searchTerms(name)).toEqual(terms);
});

it('of a hostile name are short', () => {
  expect(searchTerms(`${'ab'.repeat(5_000)}.safetensors`)[0]).toHaveLength(96);
});
