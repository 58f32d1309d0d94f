import { describe, expect, it } from 'vitest';
import { describeFile } from './describe-file.ts';
import { describeFiles } from './describe-files.ts';

describe('the quantisation of a GGUF file', () => {
  it.each([
    ['Qwen2.5-72B-Instruct-Q4_K_M.gguf', 'Q4_K_M'],
    ['qwen2.5-7b-instruct-q4_k_m-00001-of-00002.gguf', 'Q4_K_M'],
    ['Model.i1-IQ2_XXS.gguf', 'IQ2_XXS'],
    ['GLM-4.6-UD-Q4_K_XL.gguf', 'UD-Q4_K_XL'],
    ['UD-IQ1_S/DeepSeek-R1-UD-IQ1_S-00001-of-00003.gguf', 'UD-IQ1_S'],
    ['Q4_K_M/model.gguf', 'Q4_K_M'],
    ['a/Q8_0/b/model-00001-of-00002.gguf', 'Q8_0'],
    ['flux1-dev-F16.gguf', 'F16'],
    ['Phi-3-mini-4k-instruct-fp16.gguf', 'F16'],
    ['Phi-3-mini-4k-instruct-q4.gguf', 'Q4'],
    ['project0_v20FP16-BF16.gguf', 'BF16'],
    ['Huihui-gpt-oss-120b-BF16-abliterated.i1-Q4_K_S.gguf.part1of2', 'Q4_K_S'],
    ['gpt-oss-20b-mxfp4.gguf', 'MXFP4'],
    ['x-MXFP4_MOE.gguf', 'MXFP4_MOE'],
    ['x-TQ1_0.gguf', 'TQ1_0'],
    ['x-Q4_0_4_4.gguf', 'Q4_0_4_4'],
    ['x-Q8_0-imat.gguf', 'Q8_0'],
    ['x-IQ4_KSS.gguf', 'IQ4_KSS'],
    ['x.Q8_0.gguf-split-a', 'Q8_0'],
    ['ggml-base.en-q5_1.bin', 'Q5_1'],
    ['Llama-3-8B.gguf', null],
    ['Seq4_K_Mode.gguf', null],
  ])('%s: %s', (path, quantisation) => {
    expect(describeFile(path)).toMatchObject({ quantisation, precision: null });
  });
});

describe('the precision of other weights', () => {
  it.each([
    ['unet/diffusion_pytorch_model.fp16.safetensors', 'fp16'],
    ['model.fp16-00001-of-00002.safetensors', 'fp16'],
    ['umt5_xxl_fp8_e4m3fn_scaled.safetensors', 'fp8_e4m3fn_scaled'],
    ['wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors', 'fp8_scaled'],
    ['flux2_dev_fp8mixed.safetensors', 'fp8_mixed'],
    ['flux1-dev-fp8-e4m3fn.safetensors', 'fp8_e4m3fn'],
    ['t5xxl_e4m3fn.safetensors', 'fp8_e4m3fn'],
    ['flux1-dev-fp8.safetensors', 'fp8'],
    ['x_float8.safetensors', 'fp8'],
    ['flux1-dev-bnb-nf4-v2.safetensors', 'nf4'],
    ['svdq-int4_r32-flux.1-dev.safetensors', 'int4'],
    ['x-4bit.safetensors', 'int4'],
    ['model_uint8.onnx', 'int8'],
    ['z_image_turbo_nvfp4.safetensors', 'nvfp4'],
    ['ltx-bfloat16.safetensors', 'bf16'],
    ['x_float32.ckpt', 'fp32'],
    ['bf16/model.safetensors', 'bf16'],
    ['model.safetensors', null],
    ['my-fp16-models/model.safetensors', null],
    ['unet/config.json', null],
  ])('%s: %s', (path, precision) => {
    expect(describeFile(path)).toMatchObject({ precision, quantisation: null });
  });
});

describe('the format of weights', () => {
  it.each([
    ['a.SAFETENSORS', 'safetensors'],
    ['a.sft', 'safetensors'],
    ['a.gguf', 'gguf'],
    ['a.gguf.part2of3', 'gguf'],
    ['ggml-large-v3.bin', 'ggml'],
    ['a.ckpt', 'pickle'],
    ['pytorch_model.bin', 'pickle'],
    ['model.onnx', 'onnx'],
    ['model.onnx_data', 'onnx'],
    ['model.onnx_data_1', 'onnx'],
    ['unet/openvino_model.bin', 'openvino'],
    ['unet/openvino_model.xml', 'openvino'],
    ['flax_model.msgpack', 'flax'],
    ['tf_model.h5', 'tensorflow'],
    ['saved_model.pb', 'tensorflow'],
    ['a.mlpackage/Data/weight.bin', 'coreml'],
    ['optimizer.pt', null],
    ['imatrix_unsloth.gguf', null],
    ['a.json', null],
    ['README.md', null],
  ])('%s: %s', (path, format) => {
    expect(describeFile(path).format).toBe(format);
  });
});

describe('the place in a set', () => {
  it.each([
    ['model-00002-of-00004.safetensors', { stem: 'model.safetensors', index: 2, count: 4, kind: 'shard' }],
    ['a/x-Q4_0-00001-of-00002.gguf', { stem: 'x-Q4_0.gguf', index: 1, count: 2, kind: 'shard' }],
    ['pytorch_model-00001-of-00002.bin', { stem: 'pytorch_model.bin', index: 1, count: 2, kind: 'shard' }],
    ['model-00001-of-00002.fp16.safetensors', { stem: 'model.fp16.safetensors', index: 1, count: 2, kind: 'shard' }],
    ['x.Q6_K.gguf.part2of2', { stem: 'x.Q6_K.gguf', index: 2, count: 2, kind: 'piece' }],
    ['x.Q6_K.gguf-split-b', { stem: 'x.Q6_K.gguf', index: 2, count: null, kind: 'piece' }],
    ['original/consolidated.03.pth', { stem: 'consolidated.pth', index: 3, count: null, kind: 'shard' }],
    ['z-00001-of-00001.gguf', null],
    ['z-00009-of-00002.gguf', null],
    ['z-00001-of-00002.json', null],
  ])('%s: %j', (path, shard) => {
    expect(describeFile(path).shard).toEqual(shard);
  });
});

describe('the component', () => {
  it.each([
    ['text_encoder_2/config.json', 'text_encoder_2'],
    ['split_files/diffusion_models/wan_fp16.safetensors', 'diffusion_models'],
    ['vae_1_0/config.json', 'vae_1_0'],
    ['VAE/Wan2.1_VAE.safetensors', 'vae'],
    ['mmproj-BF16.gguf', 'mmproj'],
    ['mmproj-google_gemma-3-27b-it-f16.gguf', 'mmproj'],
    ['gemma.mmproj-Q8_0.gguf', 'mmproj'],
    ['my_unets/x.safetensors', null],
    ['ae.safetensors', null],
  ])('of %s is %s', (path, component) => {
    expect(describeFile(path).component).toBe(component);
  });

  it('is any folder beside a model_index.json', () => {
    const paths = ['p/model_index.json', 'p/refiner_net/x.safetensors', 'q/refiner_net/x.safetensors'];
    const described = describeFiles(paths.map((path) => ({ path })));
    expect(described.map(({ component }) => component)).toEqual([null, 'refiner_net', null]);
  });
});

it.each([
  ['unet/diffusion_pytorch_model.non_ema.safetensors', 'non_ema'],
  ['v1-5-pruned-emaonly.safetensors', 'ema'],
  ['v1-5-pruned.ckpt', 'pruned'],
  ['sd-v1-5-inpainting.ckpt', 'inpainting'],
  ['schema.safetensors', null],
])('the variant of %s is %s', (path, variant) => {
  expect(describeFile(path).variant).toBe(variant);
});
