import type { Layout } from '../rule.ts';
import type { TensorView } from '../view/tensor-view.ts';

/** Modules in the names of diffusers: what FLUX, Wan and the U-Nets call otherwise in their own code. */
const DIFFUSERS =
  /^(?:base_model\.model\.)?(?:(?:transformer|unet|text_encoder)(?:_#)?\.|(?:single_|joint_)?transformer_blocks[._]|(?:down|up)_blocks[._]|mid_block[._]|text_model[._])/;

/** Who writes names so; the first that fits any tensor. */
const layouts: readonly (readonly [pattern: RegExp, layout: Layout])[] = [
  [/^(?:double|single)_blocks\.#\.processor\./, 'xlabs'],
  [/^lora_transformer_/, 'onetrainer'],
  [/^(?:lora_unet_|lora_te[123]?_|lora_prior_|lycoris_)/, 'kohya'],
  [/^(?:model\.)?diffusion_model\..*\.lora_[AB]\b/, 'ai-toolkit'],
  [/^(?:(?:model\.)?diffusion_model\.)?(?:double|single)_blocks\./, 'bfl'],
  [/^(?:model\.)?diffusion_model\./, 'comfyui'],
  [DIFFUSERS, 'diffusers'],
  [/^base_model\.model\./, 'peft'],
  [/^joint_blocks\./, 'ldm'],
];

/** @internal How an adapter's tensors are named, or null where nobody's way is recognised. */
export function adapterLayout(view: TensorView): Layout | null {
  const names = [...view.patterns.keys()];
  return layouts.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? null;
}
