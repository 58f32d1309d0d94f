import type { SelectableFile } from './file-selection.ts';
import { tree } from './tree.test-helper.ts';

/** black-forest-labs/FLUX.1-dev */
export const fluxDev: SelectableFile[] = tree(`
  .gitattributes 1.66 kB
  LICENSE.md 18.6 kB
  README.md 3.57 kB
  ae.safetensors 335 MB
  dev_grid.jpg 1.19 MB
  flux1-dev.safetensors 23.8 GB
  model_index.json 536 B
  scheduler/scheduler_config.json 273 B
  text_encoder/config.json 613 B
  text_encoder/model.safetensors 246 MB
  text_encoder_2/config.json 782 B
  text_encoder_2/model-00001-of-00002.safetensors 4.99 GB
  text_encoder_2/model-00002-of-00002.safetensors 4.53 GB
  text_encoder_2/model.safetensors.index.json 19.9 kB
  tokenizer/merges.txt 525 kB
  tokenizer/special_tokens_map.json 588 B
  tokenizer/tokenizer_config.json 705 B
  tokenizer/vocab.json 1.06 MB
  tokenizer_2/special_tokens_map.json 2.54 kB
  tokenizer_2/spiece.model 792 kB
  tokenizer_2/tokenizer.json 2.42 MB
  tokenizer_2/tokenizer_config.json 20.8 kB
  transformer/config.json 378 B
  transformer/diffusion_pytorch_model-00001-of-00003.safetensors 9.98 GB
  transformer/diffusion_pytorch_model-00002-of-00003.safetensors 9.95 GB
  transformer/diffusion_pytorch_model-00003-of-00003.safetensors 3.87 GB
  transformer/diffusion_pytorch_model.safetensors.index.json 121 kB
  vae/config.json 820 B
  vae/diffusion_pytorch_model.safetensors 168 MB
`);

/** stabilityai/stable-diffusion-xl-base-1.0 */
export const sdxlBase: SelectableFile[] = tree(`
  .gitattributes 1.76 kB
  01.png 8.25 MB
  LICENSE.md 14.1 kB
  README.md 9.14 kB
  comparison.png 130 kB
  model_index.json 609 B
  pipeline.png 82.7 kB
  scheduler/scheduler_config.json 479 B
  sd_xl_base_1.0.safetensors 6.94 GB
  sd_xl_base_1.0_0.9vae.safetensors 6.94 GB
  sd_xl_offset_example-lora_1.0.safetensors 49.6 MB
  text_encoder/config.json 565 B
  text_encoder/flax_model.msgpack 492 MB
  text_encoder/model.fp16.safetensors 246 MB
  text_encoder/model.onnx 493 MB
  text_encoder/model.safetensors 492 MB
  text_encoder/openvino_model.bin 493 MB
  text_encoder/openvino_model.xml 1.06 MB
  text_encoder_2/config.json 575 B
  text_encoder_2/flax_model.msgpack 2.78 GB
  text_encoder_2/model.fp16.safetensors 1.39 GB
  text_encoder_2/model.onnx 1.04 MB
  text_encoder_2/model.onnx_data 2.78 GB
  text_encoder_2/model.safetensors 2.78 GB
  text_encoder_2/openvino_model.bin 2.78 GB
  text_encoder_2/openvino_model.xml 2.79 MB
  tokenizer/merges.txt 525 kB
  tokenizer/special_tokens_map.json 472 B
  tokenizer/tokenizer_config.json 737 B
  tokenizer/vocab.json 1.06 MB
  tokenizer_2/merges.txt 525 kB
  tokenizer_2/special_tokens_map.json 460 B
  tokenizer_2/tokenizer_config.json 725 B
  tokenizer_2/vocab.json 1.06 MB
  unet/config.json 1.68 kB
  unet/diffusion_flax_model.msgpack 10.3 GB
  unet/diffusion_pytorch_model.fp16.safetensors 5.14 GB
  unet/diffusion_pytorch_model.safetensors 10.3 GB
  unet/model.onnx 7.29 MB
  unet/model.onnx_data 10.3 GB
  unet/openvino_model.bin 10.3 GB
  unet/openvino_model.xml 22.6 MB
  vae/config.json 642 B
  vae/diffusion_flax_model.msgpack 335 MB
  vae/diffusion_pytorch_model.fp16.safetensors 167 MB
  vae/diffusion_pytorch_model.safetensors 335 MB
  vae_1_0/config.json 607 B
  vae_1_0/diffusion_pytorch_model.fp16.safetensors 167 MB
  vae_1_0/diffusion_pytorch_model.safetensors 335 MB
  vae_decoder/config.json 607 B
  vae_decoder/model.onnx 198 MB
  vae_decoder/openvino_model.bin 198 MB
  vae_decoder/openvino_model.xml 992 kB
  vae_encoder/config.json 607 B
  vae_encoder/model.onnx 137 MB
  vae_encoder/openvino_model.bin 137 MB
  vae_encoder/openvino_model.xml 850 kB
`);

/** stable-diffusion-v1-5/stable-diffusion-v1-5, without most of its parts */
export const sd15: SelectableFile[] = tree(`
  .gitattributes 1.55 kB
  README.md 14.5 kB
  feature_extractor/preprocessor_config.json 342 B
  model_index.json 541 B
  safety_checker/config.json 4.72 kB
  safety_checker/model.safetensors 1.22 GB
  safety_checker/pytorch_model.bin 1.22 GB
  scheduler/scheduler_config.json 308 B
  text_encoder/config.json 617 B
  text_encoder/model.fp16.safetensors 246 MB
  text_encoder/model.safetensors 492 MB
  text_encoder/pytorch_model.bin 492 MB
  text_encoder/pytorch_model.fp16.bin 246 MB
  tokenizer/merges.txt 525 kB
  tokenizer/vocab.json 1.06 MB
  unet/config.json 743 B
  unet/diffusion_pytorch_model.bin 3.44 GB
  unet/diffusion_pytorch_model.fp16.bin 1.72 GB
  unet/diffusion_pytorch_model.fp16.safetensors 1.72 GB
  unet/diffusion_pytorch_model.non_ema.bin 3.44 GB
  unet/diffusion_pytorch_model.non_ema.safetensors 3.44 GB
  unet/diffusion_pytorch_model.safetensors 3.44 GB
  v1-5-pruned-emaonly.ckpt 4.27 GB
  v1-5-pruned-emaonly.safetensors 4.27 GB
  v1-5-pruned.ckpt 7.7 GB
  v1-5-pruned.safetensors 7.7 GB
  v1-inference.yaml 1.87 kB
  vae/config.json 547 B
  vae/diffusion_pytorch_model.bin 335 MB
  vae/diffusion_pytorch_model.fp16.bin 167 MB
  vae/diffusion_pytorch_model.fp16.safetensors 167 MB
  vae/diffusion_pytorch_model.safetensors 335 MB
`);

/** Comfy-Org/Wan_2.2_ComfyUI_Repackaged, without half of its models */
export const wanRepackaged: SelectableFile[] = tree(`
  .gitattributes 1.52 kB
  README.md 115 B
  split_files/audio_encoders/wav2vec2_large_english_fp16.safetensors 631 MB
  split_files/diffusion_models/wan2.2_i2v_high_noise_14B_fp16.safetensors 28.6 GB
  split_files/diffusion_models/wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors 14.3 GB
  split_files/diffusion_models/wan2.2_i2v_low_noise_14B_fp16.safetensors 28.6 GB
  split_files/diffusion_models/wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors 14.3 GB
  split_files/diffusion_models/wan2.2_t2v_high_noise_14B_fp16.safetensors 28.6 GB
  split_files/diffusion_models/wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors 14.3 GB
  split_files/diffusion_models/wan2.2_t2v_low_noise_14B_fp16.safetensors 28.6 GB
  split_files/diffusion_models/wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors 14.3 GB
  split_files/diffusion_models/wan2.2_ti2v_5B_fp16.safetensors 10 GB
  split_files/loras/wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors 1.23 GB
  split_files/loras/wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise.safetensors 1.23 GB
  split_files/text_encoders/umt5_xxl_fp16.safetensors 11.4 GB
  split_files/text_encoders/umt5_xxl_fp8_e4m3fn_scaled.safetensors 6.74 GB
  split_files/vae/wan2.2_vae.safetensors 1.41 GB
  split_files/vae/wan_2.1_vae.safetensors 254 MB
`);

/** Qwen/Qwen-Image */
export const qwenImage: SelectableFile[] = tree(`
  .gitattributes 1.52 kB
  LICENSE 11.3 kB
  README.md 8.4 kB
  model_index.json 551 B
  scheduler/scheduler_config.json 485 B
  text_encoder/config.json 3.22 kB
  text_encoder/generation_config.json 244 B
  text_encoder/model-00001-of-00004.safetensors 4.97 GB
  text_encoder/model-00002-of-00004.safetensors 4.99 GB
  text_encoder/model-00003-of-00004.safetensors 4.93 GB
  text_encoder/model-00004-of-00004.safetensors 1.69 GB
  text_encoder/model.safetensors.index.json 57.7 kB
  tokenizer/added_tokens.json 605 B
  tokenizer/chat_template.jinja 2.43 kB
  tokenizer/merges.txt 1.67 MB
  tokenizer/special_tokens_map.json 613 B
  tokenizer/tokenizer_config.json 4.69 kB
  tokenizer/vocab.json 3.38 MB
  transformer/config.json 339 B
  transformer/diffusion_pytorch_model-00001-of-00002.safetensors 30.1 GB
  transformer/diffusion_pytorch_model-00002-of-00002.safetensors 10.8 GB
  transformer/diffusion_pytorch_model.safetensors.index.json 199 kB
  vae/config.json 730 B
  vae/diffusion_pytorch_model.safetensors 254 MB
`);

/** A LoRA as kohya's trainer and its users upload it. */
export const kohyaLora: SelectableFile[] = tree(`
  .gitattributes 1.52 kB
  README.md 2.1 kB
  sample/thick_line_000500_00.png 1.2 MB
  sample/thick_line_001000_00.png 1.2 MB
  thick_line-000005.safetensors 151 MB
  thick_line.json 412 B
  thick_line.preview.png 820 kB
  thick_line.safetensors 151 MB
  thick_line_config.toml 1.4 kB
  training/optimizer.pt 302 MB
`);
