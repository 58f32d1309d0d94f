import type { Layout } from '../rule.ts';
import type { TensorView } from '../view/tensor-view.ts';

/** Modules in the names of diffusers: what FLUX, Wan and the U-Nets call otherwise in their own code. */
const DIFFUSERS_MODULE =
  /^(?:transformer\.|unet\.|text_encoder(?:_#)?\.)?(?:(?:single_|joint_)?transformer_blocks|(?:down|up)_blocks|mid_block|text_model)[._]|^(?:transformer|unet|text_encoder(?:_#)?)\./;
const NATIVE_FLUX = /^(?:double_blocks|single_blocks|joint_blocks)\./;

/** Who writes names so; the first that fits any tensor. */
const layouts: readonly (readonly [pattern: RegExp, layout: Layout])[] = [
  [/^(?:double|single)_blocks\.#\.processor\./, 'xlabs'],
  [/^lora_transformer_/, 'onetrainer'],
  [/^(?:lora_unet_|lora_te[123]?_|lora_prior_|lycoris_)/, 'kohya'],
  [/^base_model\.model\./, 'peft'],
  [/^(?:model\.)?diffusion_model\..*\.(?:lora_[AB]\b|lokr_|dora_scale)/, 'ai-toolkit'],
  [/^(?:model\.)?diffusion_model\./, 'comfyui'],
  [DIFFUSERS_MODULE, 'diffusers'],
  [NATIVE_FLUX, 'bfl'],
];

/** @internal How an adapter's tensors are named, or null where nobody's way is recognised. */
export function adapterLayout(view: TensorView): Layout | null {
  const names = [...view.patterns.keys()];
  return layouts.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? null;
}
