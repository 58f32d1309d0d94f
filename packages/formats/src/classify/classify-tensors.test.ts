import { createSeededRandom } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { classifyTensors } from './classify-tensors.ts';
import { adapter, below, tensorsOf, type Shapes } from './shapes.test-helper.ts';

const qkv = (block: string): string => `${block}.transformer_blocks.0.attn2.to_k.weight`;
const unet = (block: string, width: number, channels = 4): Shapes => ({
  'input_blocks.0.0.weight': [320, channels, 3, 3],
  [qkv(`input_blocks.${block}`)]: [640, width],
  'output_blocks.0.0.in_layers.2.weight': [1280, 2560, 3, 3],
});
const sdxlDepth = { 'input_blocks.7.1.transformer_blocks.9.attn2.to_k.weight': [1280, 2048] };
const flux = {
  'double_blocks.0.img_attn.qkv.weight': [9216, 3072],
  'double_blocks.0.img_attn.norm.key_norm.scale': [128],
  'vector_in.in_layer.weight': [3072, 768],
  'txt_in.weight': [3072, 4096],
  'img_in.weight': [3072, 64],
};
const fluxDiffusers = {
  'single_transformer_blocks.0.proj_mlp.weight': [12_288, 3072],
  'time_text_embed.text_embedder.linear_1.weight': [3072, 768],
  'context_embedder.weight': [3072, 4096],
  'x_embedder.weight': [3072, 64],
};
const wan = (inner: number, inputs: number): Shapes => ({
  'head.modulation': [1, 2, inner],
  'text_embedding.0.weight': [inner, 4096],
  'blocks.0.self_attn.q.weight': [inner, inner],
  'patch_embedding.weight': [inner, inputs, 1, 2, 2],
});
const llama: Shapes = {
  'model.embed_tokens.weight': [32_000, 4096],
  'model.layers.0.input_layernorm.weight': [4096],
  'model.layers.0.mlp.gate_proj.weight': [11_008, 4096],
  'model.layers.0.self_attn.q_proj.weight': [4096, 4096],
};
const clip = (width: number): Shapes => ({
  'text_model.encoder.layers.0.layer_norm1.weight': [width],
  'text_model.encoder.layers.0.self_attn.k_proj.weight': [width, width],
});
const t5 = {
  'encoder.block.0.layer.0.SelfAttention.k.weight': [4096, 4096],
  'encoder.block.23.layer.1.DenseReluDense.wi_1.weight': [10_240, 4096],
};
const vae = (channels: number, kernel = [3, 3]): Shapes => ({
  'encoder.conv_in.weight': [128, 3, ...kernel],
  'decoder.conv_in.weight': [512, channels, ...kernel],
});

describe('whole models', () => {
  it.each<readonly [string, Shapes, object]>([
    [
      'FLUX.1-dev',
      { ...flux, 'guidance_in.in_layer.weight': [3072, 256] },
      { type: 'diffusion-model', family: 'flux1', baseModel: 'Flux.1 D' },
    ],
    ['FLUX.1-schnell with a prefix', below('model.diffusion_model.', flux), { family: 'flux1', baseModel: 'Flux.1 S' }],
    ['FLUX.1 Fill', { ...flux, 'img_in.weight': [3072, 384] }, { family: 'flux1', variant: 'fill' }],
    [
      'FLUX.1 of diffusers',
      { ...fluxDiffusers, 'time_text_embed.guidance_embedder.linear_1.weight': [1, 1] },
      { family: 'flux1', baseModel: 'Flux.1 D' },
    ],
    [
      'FLUX.1 in nf4',
      {
        'double_blocks.0.img_attn.proj.weight.quant_state.bitsandbytes__nf4': [99],
        'vector_in.in_layer.weight': [1, 1],
      },
      { family: 'flux1' },
    ],
    [
      'Chroma',
      { ...flux, 'distilled_guidance_layer.in_proj.weight': [5120, 64] },
      { family: 'chroma', baseModel: 'Chroma' },
    ],
    [
      'FLUX.2 dev',
      { ...flux, 'double_stream_modulation_img.lin.weight': [36_864, 6144] },
      { family: 'flux2', baseModel: 'Flux.2 D', variant: 'dev' },
    ],
    [
      'FLUX.2 klein',
      { ...flux, 'double_stream_modulation_img.lin.weight': [18_432, 3072] },
      { family: 'flux2', baseModel: null, variant: 'klein-4b' },
    ],
    ['SD 1', unet('2.1', 768), { type: 'diffusion-model', family: 'sd1' }],
    ['SD 1 inpaint', unet('2.1', 768, 9), { family: 'sd1', variant: 'inpaint' }],
    ['SD 2', unet('2.1', 1024), { family: 'sd2' }],
    [
      'SDXL',
      { ...unet('4.1', 2048), ...sdxlDepth, 'label_emb.0.0.weight': [1280, 2816] },
      { family: 'sdxl', baseModel: 'SDXL 1.0', variant: null },
    ],
    [
      'a distilled SDXL',
      { ...unet('4.1', 2048), 'label_emb.0.0.weight': [1280, 2816] },
      { family: 'sdxl', variant: 'distilled' },
    ],
    [
      'SDXL that predicts velocity',
      below('model.diffusion_model.', { ...unet('4.1', 2048), ...sdxlDepth, 'label_emb.0.0.weight': [1280, 2816] }),
      { family: 'sdxl' },
    ],
    [
      'the SDXL refiner',
      { ...unet('4.1', 1280), 'label_emb.0.0.weight': [1536, 2560] },
      { family: 'sdxl', variant: 'refiner' },
    ],
    [
      'SD 1 of diffusers',
      {
        'up_blocks.1.resnets.0.conv1.weight': [1],
        [qkv('down_blocks.0.attentions.0')]: [320, 768],
        'conv_in.weight': [320, 9, 3, 3],
      },
      { family: 'sd1', variant: 'inpaint' },
    ],
    [
      'SD 3 medium',
      {
        'joint_blocks.0.context_block.attn.qkv.weight': [4608, 1536],
        'x_embedder.proj.weight': [1536, 16, 2, 2],
        'joint_blocks.0.context_block.attn.proj.bias': [1536],
      },
      { family: 'sd3', baseModel: 'SD 3' },
    ],
    [
      'SD 3.5 medium',
      {
        'joint_blocks.0.context_block.attn.qkv.weight': [4608, 1536],
        'x_embedder.proj.weight': [1],
        'joint_blocks.0.x_block.attn2.qkv.weight': [1],
      },
      { family: 'sd3', baseModel: 'SD 3.5 Medium' },
    ],
    [
      'SD 3.5 large',
      {
        'joint_blocks.0.context_block.attn.qkv.weight': [7296, 2432],
        'x_embedder.proj.weight': [1],
        'joint_blocks.0.context_block.attn.proj.bias': [2432],
      },
      { family: 'sd3', variant: '3.5-large' },
    ],
    [
      'Qwen-Image',
      {
        'txt_norm.weight': [3584],
        'img_in.weight': [3072, 64],
        'transformer_blocks.0.attn.add_k_proj.weight': [3072, 3072],
        'transformer_blocks.0.img_mlp.net.0.proj.weight': [12_288, 3072],
      },
      { family: 'qwen-image', baseModel: 'Qwen' },
    ],
    [
      'Z-Image',
      {
        'cap_embedder.1.weight': [3840, 2560],
        'context_refiner.0.attention.k_norm.weight': [128],
        'layers.0.adaLN_modulation.0.bias': [15_360],
      },
      { family: 'z-image' },
    ],
    [
      'Lumina 2',
      {
        'cap_embedder.1.weight': [2304, 2304],
        'context_refiner.0.attention.qkv.weight': [3840, 2304],
        'layers.0.adaLN_modulation.1.bias': [1],
      },
      { family: 'lumina2' },
    ],
    ['Wan 2.1 1.3B', wan(1536, 16), { family: 'wan', baseModel: 'Wan Video 1.3B t2v' }],
    ['Wan 2.2 5B', wan(3072, 48), { family: 'wan', baseModel: 'Wan Video 2.2 TI2V-5B' }],
    [
      'Wan i2v 2.1',
      { ...wan(5120, 36), 'img_emb.proj.0.bias': [1280] },
      { family: 'wan', variant: '2.1-i2v', baseModel: null },
    ],
    ['Wan i2v 2.2', wan(5120, 36), { family: 'wan', baseModel: 'Wan Video 2.2 I2V-A14B' }],
    ['Wan 14B', wan(5120, 16), { family: 'wan', baseModel: null, variant: 't2v-14b' }],
    ['Wan VACE', { ...wan(5120, 16), 'vace_patch_embedding.weight': [1] }, { family: 'wan', variant: 'vace' }],
    [
      'Anima',
      { 'llm_adapter.blocks.0.norm.weight': [1], 'blocks.0.mlp.layer1.weight': [8192, 2048] },
      { family: 'anima', baseModel: 'Anima' },
    ],
    [
      'Cosmos-Predict2',
      { 'blocks.0.mlp.layer1.weight': [8192, 2048], 'blocks.0.adaln_modulation_cross_attn.1.weight': [1] },
      { family: 'cosmos-predict2' },
    ],
    [
      'Hunyuan Video',
      { 'txt_in.individual_token_refiner.blocks.0.norm1.weight': [3072], 'double_blocks.0.img_attn_qkv.weight': [1] },
      { family: 'hunyuan-video' },
    ],
    [
      'a checkpoint',
      {
        ...below('model.diffusion_model.', unet('2.1', 768)),
        'first_stage_model.decoder.conv_in.weight': [512, 4, 3, 3],
        'cond_stage_model.x': [1],
      },
      { type: 'checkpoint', family: 'sd1' },
    ],
    [
      'a merged checkpoint that kept LoRA tensors',
      { ...flux, 'double_blocks.0.img_attn.qkv.lora_down.weight': [8, 3072] },
      { type: 'diffusion-model', family: 'flux1' },
    ],
  ])('%s', (_, shapes, facts) => {
    const found = classifyTensors(tensorsOf(shapes));
    expect({ variant: null, baseModel: null, ...found.facts }, found.evidence.join('\n')).toMatchObject(facts);
    expect(found.confidence).toBeGreaterThan(0.6);
    expect(found.evidence.length).toBeGreaterThan(0);
  });

  it('says no base model for an SDXL that predicts velocity', () => {
    const found = classifyTensors(
      tensorsOf({ ...unet('4.1', 2048), ...sdxlDepth, 'label_emb.0.0.weight': [1280, 2816], v_pred: [] }),
    );
    expect(found.facts).toMatchObject({ family: 'sdxl', variant: 'v-prediction', baseModel: null });
  });
});

describe('adapters', () => {
  it.each<readonly [string, Shapes, string | null]>([
    [
      'kohya, SD 1',
      adapter({ lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k: [320, 768] }),
      'sd1',
    ],
    [
      'kohya, SD 2',
      adapter({ lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k: [320, 1024] }),
      'sd2',
    ],
    [
      'diffusers, SDXL',
      adapter({ 'unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_v': [640, 2048] }, 'peft'),
      'sdxl',
    ],
    ['a slider of SDXL', adapter({ lora_unet_middle_block_1_transformer_blocks_7_attn1_to_q: [1280, 1280] }), 'sdxl'],
    [
      'self-attention of an unknown U-Net',
      adapter({ lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q: [640, 640] }),
      null,
    ],
    [
      'text encoders of SDXL',
      adapter({
        lora_te1_text_model_encoder_layers_0_self_attn_k_proj: [768, 768],
        lora_te2_text_model_encoder_layers_0_self_attn_k_proj: [1280, 1280],
      }),
      'sdxl',
    ],
    [
      'CLIP-L alone under FLUX’s or SDXL’s name',
      adapter({ lora_te1_text_model_encoder_layers_0_self_attn_k_proj: [768, 768] }),
      null,
    ],
    ['the text encoder of SD 1', adapter({ lora_te_text_model_encoder_layers_0_self_attn_k_proj: [768, 768] }), 'sd1'],
    ['FLUX.1 by its modulation', adapter({ lora_unet_double_blocks_3_img_mod_lin: [18_432, 3072] }), 'flux1'],
    ['FLUX.1 by its depth', adapter({ lora_unet_double_blocks_12_img_attn_proj: [3072, 3072] }), 'flux1'],
    ['attention of the FLUX line', adapter({ lora_unet_double_blocks_1_img_attn_proj: [3072, 3072] }), null],
    [
      'FLUX.1 of diffusers',
      adapter({ 'transformer.single_transformer_blocks.3.attn.to_k': [3072, 3072] }, 'peft'),
      'flux1',
    ],
    [
      'FLUX.1 of XLabs',
      {
        'double_blocks.0.processor.proj_lora1.down.weight': [16, 3072],
        'double_blocks.0.processor.proj_lora1.up.weight': [3072, 16],
      },
      'flux1',
    ],
    [
      'FLUX.2 by its width',
      adapter({ 'diffusion_model.double_blocks.1.img_attn.proj': [6144, 6144] }, 'peft'),
      'flux2',
    ],
    [
      'FLUX.2 by its gated MLP',
      adapter({ 'diffusion_model.double_blocks.1.img_mlp.0': [18_432, 3072] }, 'peft'),
      'flux2',
    ],
    [
      'FLUX.2 of diffusers',
      adapter({ 'transformer.single_transformer_blocks.3.attn.to_qkv_mlp_proj': [27_648, 3072] }, 'peft'),
      'flux2',
    ],
    ['Chroma', adapter({ 'diffusion_model.distilled_guidance_layer.layers.0': [64, 64] }, 'peft'), 'chroma'],
    ['Hunyuan Video', adapter({ lora_unet_double_blocks_1_txt_mod_linear: [18_432, 3072] }), 'hunyuan-video'],
    ['SD 3', adapter({ 'transformer.transformer_blocks.0.attn.add_k_proj': [1536, 1536] }, 'peft'), 'sd3'],
    [
      'Qwen-Image',
      adapter(
        {
          'transformer_blocks.0.img_mlp.net.0.proj': [12_288, 3072],
          'transformer_blocks.0.attn.add_k_proj': [3072, 3072],
        },
        'peft',
      ),
      'qwen-image',
    ],
    [
      'joint attention of all blocks that a model has',
      adapter({ 'transformer.transformer_blocks.0.attn.add_k_proj': [3072, 3072] }, 'peft'),
      'qwen-image',
    ],
    ['Z-Image', adapter({ 'diffusion_model.layers.0.attention.to_q': [3840, 3840] }, 'peft'), 'z-image'],
    ['Wan', adapter({ 'diffusion_model.blocks.0.cross_attn.k': [5120, 5120] }, 'peft'), 'wan'],
    ['an LLM', adapter({ 'base_model.model.model.layers.0.self_attn.q_proj': [4096, 4096] }, 'peft'), null],
    [
      'LoHa',
      {
        'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.hada_w1_a': [320, 4],
        'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.hada_w1_b': [4, 768],
      },
      'sd1',
    ],
    [
      'LoKr',
      {
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lokr_w1': [8, 16],
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lokr_w2': [80, 128],
      },
      'sdxl',
    ],
    [
      'LoKr in factors',
      {
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lokr_w1': [8, 16],
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lokr_w2_a': [80, 4],
        'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lokr_w2_b': [4, 48],
      },
      'sd1',
    ],
    [
      'a difference of whole weights',
      { 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.diff': [320, 1024] },
      'sd2',
    ],
    [
      'a kind that only its prefix tells',
      { 'lora_unet_down_blocks_1_attentions_0_transformer_blocks_5_attn1_to_k.a1.weight': [8, 640] },
      'sdxl',
    ],
  ])('%s', (_, shapes, family) => {
    const found = classifyTensors(tensorsOf(shapes));
    expect({ type: found.facts.type, family: found.facts.family }, found.evidence.join('\n')).toEqual({
      type: 'lora',
      family,
    });
  });

  it('names the kind of adapter in the evidence', () => {
    const found = classifyTensors(tensorsOf({ 'x.lokr_w1': [2, 2], 'x.lokr_w2': [2, 2] }));
    expect(found.evidence[0]).toBe('adapter tensors, kinds of modules: 1, lokr');
  });
});

describe('other models', () => {
  it.each<readonly [string, Shapes, object]>([
    ['the VAE of SD', vae(4), { type: 'vae', family: null, variant: '4-channel' }],
    ['the VAE of FLUX.1 and SD 3', vae(16), { type: 'vae', family: null, variant: '16-channel' }],
    ['the VAE of FLUX.2', { ...vae(32), 'bn.running_mean': [128] }, { type: 'vae', family: 'flux2' }],
    ['a VAE below a prefix', below('first_stage_model.', vae(4)), { type: 'vae', family: null }],
    [
      'the VAE of Wan 2.1 and Qwen-Image',
      vae(16, [3, 3, 3]),
      { type: 'vae', family: null, variant: '16-channel-video' },
    ],
    [
      'the VAE of Wan 2.2',
      { 'decoder.conv1.weight': [1024, 48, 3, 3, 3], 'decoder.upsamples.0.upsamples.0.residual.2.weight': [1] },
      { type: 'vae', family: 'wan' },
    ],
    ['CLIP-L', clip(768), { type: 'text-encoder', family: null, variant: 'clip-l' }],
    ['CLIP-G', below('transformer.', clip(1280)), { type: 'text-encoder', variant: 'clip-g' }],
    [
      'CLIP-H of open_clip',
      { 'transformer.resblocks.0.ln_1.weight': [1024], positional_embedding: [77, 1024] },
      { type: 'text-encoder', variant: 'clip-h' },
    ],
    [
      'T5-XXL',
      { ...t5, 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight': [32, 64] },
      { type: 'text-encoder', family: null, variant: 't5-xxl' },
    ],
    [
      'umT5-XXL',
      { ...t5, 'encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight': [32, 64] },
      { type: 'text-encoder', variant: 'umt5-xxl' },
    ],
    [
      'SigLIP',
      { 'vision_model.encoder.layers.0.layer_norm1.weight': [1152] },
      { type: 'clip-vision', variant: 'siglip' },
    ],
    [
      'CLIP-H’s eyes',
      {
        'vision_model.encoder.layers.0.layer_norm1.weight': [1280],
        'vision_model.encoder.layers.30.layer_norm1.weight': [1280],
      },
      { type: 'clip-vision', variant: 'clip-h' },
    ],
    [
      'a ControlNet of SDXL',
      below('control_model.', {
        'zero_convs.0.0.weight': [320, 320, 1, 1],
        [qkv('input_blocks.4.1')]: [640, 2048],
        'label_emb.0.0.weight': [1280, 2816],
      }),
      { type: 'controlnet', family: 'sdxl' },
    ],
    [
      'a ControlNet of an unknown U-Net',
      { 'controlnet_cond_embedding.conv_in.weight': [16, 3, 3, 3] },
      { type: 'controlnet', family: null },
    ],
    [
      'a ControlNet of FLUX.1',
      {
        'controlnet_x_embedder.weight': [3072, 64],
        'context_embedder.weight': [3072, 4096],
        'transformer_blocks.0.attn.add_k_proj.weight': [1],
      },
      { type: 'controlnet', family: 'flux1' },
    ],
    [
      'a ControlNet of Qwen-Image',
      { 'controlnet_blocks.0.weight': [1], 'transformer_blocks.0.img_mlp.net.0.proj.weight': [1] },
      { type: 'controlnet', family: 'qwen-image' },
    ],
    [
      'LLLite',
      { 'lllite_unet_middle_block_1_transformer_blocks_0_attn1_to_q.down.0.weight': [1] },
      { type: 'controlnet', family: 'sdxl', variant: 'lllite' },
    ],
    [
      'an IP-Adapter',
      { 'image_proj.norm.weight': [768], 'ip_adapter.1.to_k_ip.weight': [320, 768] },
      { type: 'ip-adapter', family: 'sd1' },
    ],
    ['Redux', { 'redux_down.weight': [1], 'redux_up.weight': [1] }, { type: 'style-model', family: 'flux1' }],
    [
      'an old ESRGAN',
      { 'model.1.sub.0.RDB1.conv1.0.weight': [32, 64, 3, 3] },
      { type: 'upscaler', family: null, variant: 'esrgan' },
    ],
    [
      'an ESRGAN below params_ema',
      below('params_ema.', { 'body.0.rdb1.conv1.weight': [1], 'conv_first.weight': [1], 'conv_body.weight': [1] }),
      { type: 'upscaler', variant: 'esrgan' },
    ],
    [
      'a compact upscaler',
      { 'body.0.weight': [64, 3, 3, 3], 'body.0.bias': [64], 'body.1.weight': [64] },
      { type: 'upscaler', variant: 'compact' },
    ],
    [
      'SwinIR',
      {
        'layers.0.residual_group.blocks.0.norm1.weight': [1],
        'layers.0.residual_group.blocks.0.attn.relative_position_index': [1],
      },
      { type: 'upscaler', variant: 'swinir' },
    ],
    ['an embedding of SDXL', { clip_l: [4, 768], clip_g: [4, 1280] }, { type: 'embedding', family: 'sdxl' }],
    ['an embedding of SD 2', { '<token>': [4, 1024] }, { type: 'embedding', family: 'sd2' }],
    ['a language model', llama, { type: 'llm', family: null }],
    ['Qwen 3', { ...llama, 'model.layers.0.self_attn.q_norm.weight': [128] }, { type: 'llm', family: 'qwen3' }],
    [
      'Gemma 2',
      {
        ...llama,
        'model.layers.0.pre_feedforward_layernorm.weight': [1],
        'model.layers.0.post_feedforward_layernorm.weight': [1],
      },
      { type: 'llm', family: 'gemma2' },
    ],
    ['GPT-2', { 'h.0.attn.c_attn.weight': [768, 2304] }, { type: 'llm', family: 'gpt2' }],
  ])('%s', (_, shapes, facts) => {
    const found = classifyTensors(tensorsOf(shapes));
    expect(found.facts, found.evidence.join('\n')).toMatchObject(facts);
    expect(found.confidence).toBeGreaterThan(0);
  });

  it('says in the evidence that a family is ambiguous, and is less sure', () => {
    const found = classifyTensors(tensorsOf(vae(4)));
    expect(found.evidence.join()).toContain('SD 1, SD 2 and SDXL share this autoencoder');
    expect(found.confidence).toBeLessThan(0.8);
  });
});

describe('nothing is guessed', () => {
  it.each<readonly [string, Shapes]>([
    ['no tensors', {}],
    ['tensors of no known model', { weight: [10, 10], bias: [10] }],
    ['a FLUX.1 of the wrong text width', { ...flux, 'txt_in.weight': [3072, 3584] }],
    [
      'the first half of an SDXL U-Net',
      { 'input_blocks.0.0.weight': [320, 4, 3, 3], [qkv('input_blocks.4.1')]: [640, 2048] },
    ],
    ['a table that is too wide for an embedding', { emb_params: [8, 4096] }],
    [
      'a large file with a table like an embedding',
      { emb_params: [8, 768], ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t${index}`, [1]])) },
    ],
    ['a name beyond every model’s', { ['x'.repeat(2000)]: [1] }],
  ])('%s', (_, shapes) => {
    expect(classifyTensors(tensorsOf(shapes))).toMatchObject({
      facts: { type: 'unknown', family: null },
      confidence: 0,
    });
  });

  it('stays unknown for random halves of FLUX.1’s tell-tale tensors', () => {
    const random = createSeededRandom(7);
    const names = Object.keys(flux).filter((name) => name !== 'img_in.weight');
    for (let round = 0; round < 50; round += 1) {
      const dropped = names[random.below(names.length)] ?? '';
      const rest = Object.fromEntries(Object.entries(flux).filter(([name]) => name !== dropped));
      expect(classifyTensors(tensorsOf(rest)).facts.family).toBeNull();
    }
  });
});
