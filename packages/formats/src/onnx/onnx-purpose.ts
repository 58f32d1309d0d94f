import type { ModelType } from '@modelkeep/core';
import type { OnnxModel } from './onnx-model.ts';

/** What a graph is for, by what it takes and gives. */
export interface OnnxPurpose {
  readonly type: ModelType;
  readonly evidence: string;
}

/** Inputs and outputs by which exporters (diffusers, Optimum) name a part; the first whose names are all there decides. */
const signatures: readonly {
  readonly type: ModelType;
  readonly inputs: readonly RegExp[];
  readonly outputs: readonly RegExp[];
}[] = [
  { type: 'llm', inputs: [/^input_ids$/, /^past_key_values\.\d+\.key$/], outputs: [/^logits$/] },
  { type: 'llm', inputs: [/^input_ids$/], outputs: [/^logits$/, /^present\.\d+\.key$/] },
  {
    type: 'diffusion-model',
    inputs: [/^sample$/, /^timestep$/, /^encoder_hidden_states$/],
    outputs: [/^out_sample$|^sample$|^noise_pred$/],
  },
  { type: 'diffusion-model', inputs: [/^hidden_states$/, /^timestep$/, /^encoder_hidden_states$/], outputs: [/./] },
  { type: 'vae', inputs: [/^latent_sample$|^latent$/], outputs: [/^sample$|^image$/] },
  { type: 'vae', inputs: [/^sample$|^image$/], outputs: [/^latent_(?:sample|parameters)$|^latent$/] },
  { type: 'clip-vision', inputs: [/^pixel_values$/], outputs: [/^image_embeds$/] },
  { type: 'text-encoder', inputs: [/^input_ids$/], outputs: [/^text_embeds$|^last_hidden_state$|^pooler_output$/] },
];

/** @internal What a graph is for, or null where its names do not tell. */
export function onnxPurpose({ inputs, outputs }: Pick<OnnxModel, 'inputs' | 'outputs'>): OnnxPurpose | null {
  const names = (values: OnnxModel['inputs']): readonly string[] => values.map(({ name }) => name);
  const fits = (patterns: readonly RegExp[], found: readonly string[]): boolean =>
    patterns.every((pattern) => found.some((name) => pattern.test(name)));
  const signature = signatures.find((each) => fits(each.inputs, names(inputs)) && fits(each.outputs, names(outputs)));
  if (signature === undefined) return null;
  const shown = (found: readonly string[]): string => found.slice(0, 4).join(', ');
  return { type: signature.type, evidence: `takes ${shown(names(inputs))} and gives ${shown(names(outputs))}` };
}
