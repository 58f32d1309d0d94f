import { describe, expect, it } from 'vitest';
import { caught } from '../../fixtures/caught.ts';
import { fluxDev, sd15, sdxlBase, wanRepackaged } from '../image-trees.test-data.ts';
import { bartowski, bert, llama, pieces, unsloth, vision, wanGguf } from '../language-trees.test-data.ts';
import { selectFiles } from '../select-files.ts';
import { pathsOf, reasonsOf, select, tree, weights } from '../tree.test-helper.ts';

describe('the GGUF of a quantisation', () => {
  it('is the Q4_K_M with what goes with it', () => {
    const { files, bytesTotal } = selectFiles(bartowski, { quantisation: 'Q4_K_M' });
    expect(pathsOf(files)).toEqual(['Qwen2.5-72B-Instruct-Q4_K_M.gguf', 'README.md']);
    expect(bytesTotal).toBe(47_400_011_000);
  });

  it('comes with all of its shards, from its folder', () => {
    expect(weights(bartowski, { quantisation: 'q8_0' })).toEqual([
      'Qwen2.5-72B-Instruct-Q8_0/Qwen2.5-72B-Instruct-Q8_0-00001-of-00002.gguf',
      'Qwen2.5-72B-Instruct-Q8_0/Qwen2.5-72B-Instruct-Q8_0-00002-of-00002.gguf',
    ]);
    expect(weights(unsloth, { quantisation: 'bf16' })).toHaveLength(3);
    expect(select(unsloth, { quantisation: 'UD-TQ1_0' })).toEqual([
      'GLM-4.6-UD-TQ1_0.gguf',
      'README.md',
      'config.json',
    ]);
  });

  it('is the first of a list that there is', () => {
    expect(weights(bartowski, { quantisation: ['Q6_K', 'Q4_0', 'Q4_K_M'] })).toEqual([
      'Qwen2.5-72B-Instruct-Q4_0.gguf',
    ]);
  });

  it('may be named without the mark of its maker or its size, but a name itself comes first', () => {
    expect(weights(unsloth, { quantisation: 'Q4_K_XL' })[0]).toMatch(/^UD-Q4_K_XL\//);
    expect(weights(unsloth, { quantisation: 'Q4_K' })[0]).toMatch(/^Q4_K_M\//);
    const both = tree(`a-Q4_K.gguf 1 GB
      a-UD-Q4_K.gguf 1 GB
      a-Q4_K_M.gguf 1 GB`);
    expect(weights(both, { quantisation: 'q4_k' })).toEqual(['a-Q4_K.gguf']);
  });

  it('is that of each model of a repo', () => {
    expect(weights(wanGguf, { quantisation: 'Q8_0' })).toEqual([
      'HighNoise/Wan2.2-I2V-A14B-HighNoise-Q8_0.gguf',
      'LowNoise/Wan2.2-I2V-A14B-LowNoise-Q8_0.gguf',
    ]);
  });

  it('comes with one projector, in the precision that suits', () => {
    expect(select(vision, { quantisation: 'Q4_K_M' })).toEqual([
      'README.md',
      'config.json',
      'gemma-3-27b-it-Q4_K_M.gguf',
      'mmproj-F16.gguf',
    ]);
    expect(select(vision, { quantisation: 'BF16' })).toContain('mmproj-BF16.gguf');
    expect(weights(vision, { quantisation: 'Q4_K_M' })).toEqual(['gemma-3-27b-it-Q4_K_M.gguf']);
    expect(weights(vision, { component: 'mmproj', quantisation: 'F32' })).toEqual(['mmproj-F32.gguf']);
  });

  it('that only a projector has is none of the model', async () => {
    const error = await caught('hub.nothing-selected', (async () => selectFiles(vision, { quantisation: 'F16' }))());
    expect(error.facts.offered).toEqual(['IQ4_XS', 'Q4_0', 'Q4_K_M', 'UD-Q4_K_XL', 'BF16']);
  });

  it('that is cut into pieces is taken whole', () => {
    expect(weights(pieces, { quantisation: 'Q4_K_S' })).toHaveLength(2);
  });

  it('with a shard that the repo lacks is not taken', () => {
    const broken = unsloth.filter(({ path }) => !path.includes('IQ1_M-00002'));
    expect(reasonsOf(broken, { quantisation: ['UD-IQ1_M', 'Q4_K_M'] })).toMatchObject({
      'UD-IQ1_M/GLM-4.6-UD-IQ1_M-00001-of-00003.gguf': 'incomplete',
    });
    expect(weights(broken, { quantisation: ['UD-IQ1_M', 'Q4_K_M'] })[0]).toMatch(/^Q4_K_M/);
  });
});

describe('a precision', () => {
  it('the fp16 safetensors of the unet', () => {
    const { files, bytesTotal, left } = selectFiles(sdxlBase, {
      component: 'unet',
      format: 'safetensors',
      precision: 'fp16',
    });
    expect(pathsOf(files)).toEqual(['unet/config.json', 'unet/diffusion_pytorch_model.fp16.safetensors']);
    expect(bytesTotal).toBe(5_140_001_680);
    expect(Object.fromEntries(left.map(({ path, reason }) => [path, reason]))).toMatchObject({
      'unet/diffusion_pytorch_model.safetensors': 'other-precision',
      'unet/openvino_model.bin': 'other-format',
      'vae/diffusion_pytorch_model.fp16.safetensors': 'other-component',
      'model_index.json': 'not-needed',
    });
  });

  it('of a pipeline brings all parts that load together and no other', () => {
    expect(select(sdxlBase, { precision: 'fp16' })).toEqual([
      'LICENSE.md',
      'README.md',
      'model_index.json',
      'scheduler/scheduler_config.json',
      'text_encoder/config.json',
      'text_encoder/model.fp16.safetensors',
      'text_encoder_2/config.json',
      'text_encoder_2/model.fp16.safetensors',
      'tokenizer/merges.txt',
      'tokenizer/special_tokens_map.json',
      'tokenizer/tokenizer_config.json',
      'tokenizer/vocab.json',
      'tokenizer_2/merges.txt',
      'tokenizer_2/special_tokens_map.json',
      'tokenizer_2/tokenizer_config.json',
      'tokenizer_2/vocab.json',
      'unet/config.json',
      'unet/diffusion_pytorch_model.fp16.safetensors',
      'vae/config.json',
      'vae/diffusion_pytorch_model.fp16.safetensors',
      'vae_1_0/config.json',
      'vae_1_0/diffusion_pytorch_model.fp16.safetensors',
    ]);
  });

  it('that a part of the pipeline lacks leaves that part as it is', () => {
    expect(weights(sd15, { precision: 'fp16' })).toEqual([
      'safety_checker/model.safetensors',
      'text_encoder/model.fp16.safetensors',
      'unet/diffusion_pytorch_model.fp16.safetensors',
      'vae/diffusion_pytorch_model.fp16.safetensors',
    ]);
    expect(reasonsOf(sd15, { precision: 'fp16' })).toMatchObject({
      'safety_checker/pytorch_model.bin': 'duplicate',
      'unet/diffusion_pytorch_model.fp16.bin': 'duplicate',
      'v1-5-pruned.safetensors': 'other-precision',
    });
    expect(weights(sd15, { precision: 'fp16', format: 'pickle' })[0]).toBe('safety_checker/pytorch_model.bin');
  });

  it('means its kinds too where there is none of the name itself', () => {
    const fp8 = weights(wanRepackaged, {
      precision: ['fp8', 'fp16'],
      component: ['text_encoders', 'diffusion_models'],
    });
    expect(fp8).toEqual([
      'split_files/diffusion_models/wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors',
      'split_files/diffusion_models/wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors',
      'split_files/diffusion_models/wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors',
      'split_files/diffusion_models/wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors',
      'split_files/diffusion_models/wan2.2_ti2v_5B_fp16.safetensors',
      'split_files/text_encoders/umt5_xxl_fp8_e4m3fn_scaled.safetensors',
    ]);
  });

  it('is narrowed down further by globs', () => {
    expect(weights(wanRepackaged, { precision: 'fp8_scaled', include: ['*i2v*'] })).toHaveLength(2);
    expect(
      weights(fluxDev, { format: 'safetensors', path: 'text_encoder_2/model-00001-of-00002.safetensors' }),
    ).toHaveLength(2);
    expect(weights(llama, { format: ['safetensors', 'pickle'], exclude: ['model-00001-*'] })).toEqual([
      'pytorch_model-00001-of-00002.bin',
      'pytorch_model-00002-of-00002.bin',
    ]);
    expect(reasonsOf(llama, { format: ['safetensors', 'pickle'], exclude: ['model-00001-*'] })).toMatchObject({
      'model-00001-of-00004.safetensors': 'excluded',
      'model-00002-of-00004.safetensors': 'excluded',
    });
  });

  it('of weights and a quantisation of others may be wished for together', () => {
    const files = tree(`flux1-dev-Q4_K_S.gguf 6.8 GB
      flux1-dev-Q8_0.gguf 12.7 GB
      t5xxl_fp16.safetensors 9.8 GB
      t5xxl_fp8_e4m3fn.safetensors 4.9 GB`);
    expect(weights(files, { quantisation: 'Q8_0', precision: 'fp8' })).toEqual([
      'flux1-dev-Q8_0.gguf',
      't5xxl_fp8_e4m3fn.safetensors',
    ]);
  });
});

describe('twins', () => {
  it('of a sharded model: its pickles, its original and their indexes are left', () => {
    expect(select(llama, { format: ['safetensors', 'pickle'] })).toEqual([
      'LICENSE',
      'README.md',
      'USE_POLICY.md',
      'config.json',
      'generation_config.json',
      'model-00001-of-00004.safetensors',
      'model-00002-of-00004.safetensors',
      'model-00003-of-00004.safetensors',
      'model-00004-of-00004.safetensors',
      'model.safetensors.index.json',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(reasonsOf(llama, { format: ['safetensors', 'pickle'] })).toMatchObject({
      'original/consolidated.00.pth': 'duplicate',
      'pytorch_model-00001-of-00002.bin': 'duplicate',
      'pytorch_model.bin.index.json': 'not-needed',
      'original/tokenizer.model': 'not-needed',
    });
    expect(select(llama, { format: 'pickle' })).toContain('pytorch_model.bin.index.json');
  });

  it('for other frameworks and training states are left', () => {
    expect(weights(bert, { precision: 'unlabelled' })).toEqual(['model.safetensors']);
    expect(reasonsOf(bert, { precision: 'unlabelled' })).toMatchObject({
      'checkpoint-500/model.safetensors': 'training-state',
      'checkpoint-500/optimizer.pt': 'training-state',
      'checkpoint-500/trainer_state.json': 'training-state',
      'flax_model.msgpack': 'other-format',
      'onnx/model_quantized.onnx': 'other-format',
      'pytorch_model.bin': 'duplicate',
      'rust_model.ot': 'not-needed',
    });
    expect(weights(bert, { precision: 'unlabelled', path: 'checkpoint-500' })).toEqual([
      'checkpoint-500/model.safetensors',
    ]);
    expect(weights(bert, { format: 'flax' })).toEqual(['flax_model.msgpack']);
  });

  it('are taken where there is nothing else, with the file that holds their data', () => {
    expect(weights(sdxlBase, { format: 'onnx', component: 'unet' })).toEqual([
      'unet/model.onnx',
      'unet/model.onnx_data',
    ]);
    expect(weights(sdxlBase, { component: 'vae_decoder' })).toEqual(['vae_decoder/model.onnx']);
    expect(weights(sdxlBase, { format: 'openvino', component: 'vae_decoder' })).toEqual([
      'vae_decoder/openvino_model.bin',
      'vae_decoder/openvino_model.xml',
    ]);
  });

  it('of a component: the one without a mark', () => {
    expect(weights(sd15, { component: 'unet' })).toEqual(['unet/diffusion_pytorch_model.safetensors']);
    expect(weights(sd15, { component: 'unet', variant: 'NON_EMA' })).toEqual([
      'unet/diffusion_pytorch_model.non_ema.safetensors',
    ]);
    expect(weights(sd15, { variant: 'ema' })).toContain('v1-5-pruned-emaonly.safetensors');
    expect(reasonsOf(sd15, { component: 'unet' })).toMatchObject({
      'unet/diffusion_pytorch_model.non_ema.safetensors': 'other-variant',
      'unet/diffusion_pytorch_model.fp16.safetensors': 'other-precision',
    });
  });

  it('that all have a mark are all taken: nothing says which is wanted', () => {
    expect(weights(wanRepackaged, { component: 'text_encoders' })).toHaveLength(2);
  });
});
