import type { SelectableFile } from './file-selection.ts';
import { tree } from './tree.test-helper.ts';

/** bartowski/Qwen2.5-72B-Instruct-GGUF, without some quantisations */
export const bartowski: SelectableFile[] = tree(`
  .gitattributes 3.27 kB
  Qwen2.5-72B-Instruct-IQ1_M.gguf 23.7 GB
  Qwen2.5-72B-Instruct-IQ2_XXS.gguf 25.5 GB
  Qwen2.5-72B-Instruct-IQ4_XS.gguf 39.7 GB
  Qwen2.5-72B-Instruct-Q3_K_XL.gguf 40.6 GB
  Qwen2.5-72B-Instruct-Q4_0.gguf 41.4 GB
  Qwen2.5-72B-Instruct-Q4_K_M.gguf 47.4 GB
  Qwen2.5-72B-Instruct-Q5_K_M/Qwen2.5-72B-Instruct-Q5_K_M-00001-of-00002.gguf 39.9 GB
  Qwen2.5-72B-Instruct-Q5_K_M/Qwen2.5-72B-Instruct-Q5_K_M-00002-of-00002.gguf 14.6 GB
  Qwen2.5-72B-Instruct-Q8_0/Qwen2.5-72B-Instruct-Q8_0-00001-of-00002.gguf 39.9 GB
  Qwen2.5-72B-Instruct-Q8_0/Qwen2.5-72B-Instruct-Q8_0-00002-of-00002.gguf 37.4 GB
  Qwen2.5-72B-Instruct.imatrix 25 MB
  README.md 11 kB
`);

/** unsloth/GLM-4.6-GGUF, without most quantisations */
export const unsloth: SelectableFile[] = tree(`
  .gitattributes 6.4 kB
  BF16/GLM-4.6-BF16-00001-of-00003.gguf 49.6 GB
  BF16/GLM-4.6-BF16-00002-of-00003.gguf 49.9 GB
  BF16/GLM-4.6-BF16-00003-of-00003.gguf 49.9 GB
  GLM-4.6-UD-TQ1_0.gguf 84.1 GB
  Q4_K_M/GLM-4.6-Q4_K_M-00001-of-00002.gguf 49.8 GB
  Q4_K_M/GLM-4.6-Q4_K_M-00002-of-00002.gguf 49.6 GB
  README.md 14 kB
  UD-IQ1_M/GLM-4.6-UD-IQ1_M-00001-of-00003.gguf 49.8 GB
  UD-IQ1_M/GLM-4.6-UD-IQ1_M-00002-of-00003.gguf 49.8 GB
  UD-IQ1_M/GLM-4.6-UD-IQ1_M-00003-of-00003.gguf 7.63 GB
  UD-Q4_K_XL/GLM-4.6-UD-Q4_K_XL-00001-of-00002.gguf 49.9 GB
  UD-Q4_K_XL/GLM-4.6-UD-Q4_K_XL-00002-of-00002.gguf 49.9 GB
  config.json 1.2 kB
  imatrix_unsloth.gguf_file 321 MB
`);

/** unsloth/gemma-3-27b-it-GGUF, without most quantisations */
export const vision: SelectableFile[] = tree(`
  .gitattributes 3.1 kB
  BF16/gemma-3-27b-it-BF16-00001-of-00002.gguf 49.9 GB
  BF16/gemma-3-27b-it-BF16-00002-of-00002.gguf 4.2 GB
  README.md 26 kB
  config.json 1.6 kB
  gemma-3-27b-it-IQ4_XS.gguf 14.8 GB
  gemma-3-27b-it-Q4_0.gguf 15.6 GB
  gemma-3-27b-it-Q4_K_M.gguf 16.5 GB
  gemma-3-27b-it-UD-Q4_K_XL.gguf 16.8 GB
  mmproj-BF16.gguf 858 MB
  mmproj-F16.gguf 858 MB
  mmproj-F32.gguf 1.69 GB
`);

/** mradermacher: a large quantisation is cut into pieces */
export const pieces: SelectableFile[] = tree(`
  .gitattributes 2.1 kB
  README.md 7.2 kB
  Huge-120B.i1-IQ2_M.gguf 41 GB
  Huge-120B.i1-Q4_K_S.gguf.part1of2 34 GB
  Huge-120B.i1-Q4_K_S.gguf.part2of2 34 GB
  Huge-120B.imatrix.gguf 25 MB
`);

/** QuantStack/Wan2.2-I2V-A14B-GGUF, without most quantisations: two models that belong together */
export const wanGguf: SelectableFile[] = tree(`
  .gitattributes 2.4 kB
  HighNoise/Wan2.2-I2V-A14B-HighNoise-Q4_K_M.gguf 9.65 GB
  HighNoise/Wan2.2-I2V-A14B-HighNoise-Q8_0.gguf 15.4 GB
  LowNoise/Wan2.2-I2V-A14B-LowNoise-Q4_K_M.gguf 9.65 GB
  LowNoise/Wan2.2-I2V-A14B-LowNoise-Q8_0.gguf 15.4 GB
  README.md 3.4 kB
  VAE/Wan2.1_VAE.safetensors 254 MB
`);

/** meta-llama/Llama-3.1-8B-Instruct, with the pickle twin that older repos have */
export const llama: SelectableFile[] = tree(`
  .gitattributes 1.52 kB
  LICENSE 7.63 kB
  README.md 44 kB
  USE_POLICY.md 4.69 kB
  config.json 855 B
  generation_config.json 184 B
  model-00001-of-00004.safetensors 4.98 GB
  model-00002-of-00004.safetensors 5 GB
  model-00003-of-00004.safetensors 4.92 GB
  model-00004-of-00004.safetensors 1.17 GB
  model.safetensors.index.json 24 kB
  original/consolidated.00.pth 16.1 GB
  original/params.json 199 B
  original/tokenizer.model 2.18 MB
  pytorch_model-00001-of-00002.bin 9.95 GB
  pytorch_model-00002-of-00002.bin 6.1 GB
  pytorch_model.bin.index.json 24 kB
  special_tokens_map.json 296 B
  tokenizer.json 9.09 MB
  tokenizer_config.json 55.4 kB
`);

/** A model of the time before safetensors, for every framework, with what its training left. */
export const bert: SelectableFile[] = tree(`
  .gitattributes 491 B
  README.md 10.5 kB
  checkpoint-500/model.safetensors 440 MB
  checkpoint-500/optimizer.pt 880 MB
  checkpoint-500/rng_state.pth 14 kB
  checkpoint-500/trainer_state.json 3 kB
  config.json 570 B
  coreml/fill-mask/float32_model.mlpackage/Data/com.apple.CoreML/weights/weight.bin 532 MB
  flax_model.msgpack 438 MB
  model.onnx 532 MB
  model.safetensors 440 MB
  onnx/model_fp16.onnx 219 MB
  onnx/model_quantized.onnx 110 MB
  pytorch_model.bin 440 MB
  rust_model.ot 534 MB
  tf_model.h5 536 MB
  tokenizer.json 466 kB
  tokenizer_config.json 48 B
  vocab.txt 232 kB
`);
