/** What stands before the module's own name. What is for a text encoder becomes `te_`, `te1_`, `te2_`, `te3_`. */
const prefixes: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/^base_model\.model\./, ''],
  [/^lora_te([123]?)_/, 'te$1_'],
  [/^text_encoder_[#2]\./, 'te2_'],
  [/^text_encoder_3\./, 'te3_'],
  [/^(?:text_encoder|text_encoders\.clip_l\.transformer|clip_l)\./, 'te1_'],
  [/^(?:text_encoders\.clip_g\.transformer|clip_g)\./, 'te2_'],
  [/^(?:text_encoders\.t5xxl\.transformer|t5xxl)\./, 'te3_'],
  [/^(?:lora_unet_|lora_transformer_|lora_prior_unet_|lycoris_(?:unet_)?)_*/, ''],
  [/^model\.(?:diffusion_model\.|model\.)?/, ''],
  [/^(?:diffusion_model|transformer(?:_[#2])?|unet|net|dit)\./, ''],
];

/** @internal A module under the one name that all trainers' names for it come down to: `blocks_#_attn_to_q`. */
export function moduleName(name: string): string {
  let module = name;
  for (const [pattern, replacement] of prefixes) module = module.replace(pattern, replacement);
  return module.replaceAll('.', '_');
}
