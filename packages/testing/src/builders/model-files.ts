import { controlNetShapes, embeddingShapes, esrganShapes, fluxLoraShapes, sdxlLoraShapes } from './layouts/adapters.ts';
import { fluxShapes } from './layouts/flux.ts';
import { clipLShapes, sdxlTextEncoderShapes, t5XxlShapes } from './layouts/text-encoders.ts';
import { unetDimensions, unetShapes } from './layouts/unet.ts';
import { vaeShapes } from './layouts/vae.ts';
import { buildSafetensors, type SafetensorsDtype } from './safetensors.ts';
import { narrowed, prefixed, tensorsOf, type NarrowOptions, type TensorShapes } from './shapes.ts';

/** Size and content of a built model file. The layout of its keys is always the whole genuine one. */
export interface ModelFileOptions {
  /** Size relative to the default of a few megabytes. @default 1 */
  readonly scale?: number;
  /** @default 1 */
  readonly fillSeed?: number;
  /** The header's `__metadata__`, instead of the default one. */
  readonly metadata?: Readonly<Record<string, string>>;
}

interface Recipe extends Omit<NarrowOptions, 'divisor'> {
  readonly shapes: TensorShapes;
  readonly dtype: SafetensorsDtype;
  /** Divisor of the widths at scale 1; the file shrinks with its square. */
  readonly divisor: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

function build({ shapes, dtype, divisor, metadata, ...narrow }: Recipe, options: ModelFileOptions): Uint8Array {
  const { scale = 1, fillSeed = 1 } = options;
  const thin = narrowed(shapes, { ...narrow, divisor: Math.max(1, divisor / Math.sqrt(scale)) });
  const written = options.metadata ?? metadata;
  return buildSafetensors({
    tensors: tensorsOf(thin, dtype),
    fillSeed,
    ...(written === undefined ? {} : { metadata: written }),
  });
}

/** A FLUX.1 diffusion model alone, about 11 MB at scale 1: dev, or schnell with `guidance: false`. */
export function buildFluxModel({
  guidance = true,
  ...options
}: ModelFileOptions & { readonly guidance?: boolean } = {}): Uint8Array {
  const keepInput = [/^txt_in\.weight$/, /^(time|vector|guidance)_in\.in_layer\.weight$/];
  return build(
    { shapes: fluxShapes({ guidance }), dtype: 'BF16', divisor: 48, keep: [/^img_in\./], keepInput },
    options,
  );
}

/** A whole SDXL checkpoint: U-Net, both text encoders and VAE in one file, about 8 MB at scale 1. */
export function buildSdxlCheckpoint({
  inpaint = false,
  ...options
}: ModelFileOptions & { readonly inpaint?: boolean } = {}): Uint8Array {
  const dimensions = { ...unetDimensions.sdxl, inputChannels: inpaint ? 9 : 4 };
  const shapes = {
    ...prefixed('model.diffusion_model.', unetShapes(dimensions)),
    ...sdxlTextEncoderShapes(),
    ...prefixed('first_stage_model.', vaeShapes({ latentChannels: 4, quantConvolutions: true })),
  };
  const keep = [/input_blocks\.0\.0\./, /decoder\.conv_in\./, /positional_embedding$/, /position_embedding\.weight$/];
  const keepInput = [
    /label_emb\.0\.0\.weight$/,
    /(input_blocks\.4\.1|middle_block\.1)\.transformer_blocks\.0\.attn2\.to_[kv]\.weight$/,
  ];
  return build({ shapes, dtype: 'F16', divisor: 32, keepUpTo: 77, keep, keepInput }, options);
}

/** The metadata that kohya's trainer writes into a LoRA of FLUX.1. */
export const fluxLoraMetadata: Readonly<Record<string, string>> = {
  ss_base_model_version: 'flux1',
  ss_network_module: 'networks.lora_flux',
  ss_network_dim: '1',
  ss_network_alpha: '1',
  ss_output_name: 'thickline',
  ss_sd_model_name: 'flux1-dev.safetensors',
  ss_tag_frequency: JSON.stringify({ '10_thickline': { thickline: 40, 'line art': 32, 'white background': 12 } }),
  ss_training_started_at: '1760000000.5',
  sshs_legacy_hash: '1a2b3c4d',
};

/** A LoRA of FLUX.1 as kohya's trainer writes it, half of the blocks trained, about 5 MB at scale 1. */
export function buildFluxLora(options: ModelFileOptions = {}): Uint8Array {
  const { scale = 1 } = options;
  const shapes = fluxLoraShapes({ rank: Math.max(1, Math.round(scale)), share: Math.min(1, scale / 2) });
  return build({ shapes, dtype: 'BF16', divisor: 1, metadata: fluxLoraMetadata }, { ...options, scale: 1 });
}

/** The metadata of a LoRA of SDXL that follows the model specification. */
export const sdxlLoraMetadata: Readonly<Record<string, string>> = {
  'modelspec.sai_model_spec': '1.0.0',
  'modelspec.architecture': 'stable-diffusion-xl-v1-base/lora',
  'modelspec.implementation': 'https://github.com/Stability-AI/generative-models',
  'modelspec.title': 'Watercolour',
  'modelspec.description': 'Soft watercolour washes',
  'modelspec.license': 'CreativeML Open RAIL++-M',
  'modelspec.tags': 'style, watercolour',
  'modelspec.trigger_phrase': 'watercolour painting',
  'modelspec.resolution': '1024x1024',
};

/** A LoRA of SDXL's attention layers, about 3 MB at scale 1. */
export function buildSdxlLora(options: ModelFileOptions = {}): Uint8Array {
  const { scale = 1 } = options;
  const shapes = sdxlLoraShapes({ rank: Math.max(1, Math.round(scale)), share: Math.min(1, scale) });
  return build({ shapes, dtype: 'F16', divisor: 1, metadata: sdxlLoraMetadata }, { ...options, scale: 1 });
}

/** An AutoencoderKL: FLUX.1's (16 channels) or the one of SD1, SD2 and SDXL (4 channels); about 3 MB at scale 1. */
export function buildVae({ kind, ...options }: ModelFileOptions & { readonly kind: 'flux' | 'sd' }): Uint8Array {
  const shapes = vaeShapes({ latentChannels: kind === 'flux' ? 16 : 4, quantConvolutions: kind === 'sd' });
  const keep = [/decoder\.conv_in\./, /encoder\.conv_out\./];
  return build({ shapes, dtype: kind === 'flux' ? 'F32' : 'F16', divisor: 12, keepUpTo: 32, keep }, options);
}

/** CLIP-L as a text encoder of its own, about 4 MB at scale 1. */
export function buildClipL(options: ModelFileOptions = {}): Uint8Array {
  const keep = [/position_embedding\.weight$/, /layer_norm/];
  return build({ shapes: clipLShapes(), dtype: 'F16', divisor: 8, keep, metadata: { format: 'pt' } }, options);
}

/** T5-XXL's encoder, about 6 MB at scale 1. */
export function buildT5Xxl(options: ModelFileOptions = {}): Uint8Array {
  const keepInput = [/^shared\.weight$/, /^encoder\.block\.23\.layer\.1\.DenseReluDense\.wi_1\.weight$/];
  return build({ shapes: t5XxlShapes(), dtype: 'F16', divisor: 80, keepInput }, options);
}

/** A ControlNet of SD1 or SDXL, about 3 MB at scale 1. */
export function buildControlNet({
  family,
  ...options
}: ModelFileOptions & { readonly family: 'sd1' | 'sdxl' }): Uint8Array {
  const keepInput = [/input_blocks\.[14]\.1\.transformer_blocks\.0\.attn2\.to_[kv]\.weight$/];
  return build({ shapes: controlNetShapes(family), dtype: 'F16', divisor: 24, keepInput }, options);
}

/** A Real-ESRGAN upscaler with 6 blocks, genuine in every shape, 9 MB; `scale` changes the number of blocks. */
export function buildEsrgan(options: ModelFileOptions = {}): Uint8Array {
  const shapes = esrganShapes(Math.max(1, Math.round(6 * (options.scale ?? 1))));
  return build({ shapes, dtype: 'F16', divisor: 1 }, { ...options, scale: 1 });
}

/** A textual inversion, genuine in every shape, some 30 kB. */
export function buildEmbedding({
  family,
  ...options
}: ModelFileOptions & { readonly family: 'sd1' | 'sdxl' }): Uint8Array {
  return build({ shapes: embeddingShapes(family, 8), dtype: 'F32', divisor: 1 }, { ...options, scale: 1 });
}
