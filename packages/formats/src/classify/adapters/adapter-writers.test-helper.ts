import type { Size } from '../architectures/architecture.ts';

/** The tensors that an adapter has for one layer, by name and shape. */
export type Written = readonly (readonly [name: string, shape: readonly number[]])[];
/** How a trainer writes the adapter of a layer, by the layer's name in the model. */
export type Writer = (module: string, size: Size) => Written;

const RANK = 8;
const kohyaName = (module: string): string => `lora_unet_${module.replaceAll('.', '_')}`;

function pair(down: string, up: string): (name: string, size: Size) => Written {
  return (name, [outputs, inputs]) => [
    [`${name}.${down}`, [RANK, inputs]],
    [`${name}.${up}`, [outputs, RANK]],
  ];
}

const kohya = pair('lora_down.weight', 'lora_up.weight');
const peft = pair('lora_A.weight', 'lora_B.weight');
const named = pair('lora_A.default.weight', 'lora_B.default.weight');

function factor(size: number): number {
  return [8, 7, 6, 5, 4, 3, 2].find((each) => size % each === 0) ?? 1;
}

/** The ways of kohya, OneTrainer, ai-toolkit, ComfyUI, diffusers (and so SimpleTuner), PEFT (and so LLaMA-Factory) and LyCORIS. */
export const writers: Readonly<Record<string, Writer>> = {
  kohya: (module, size) => [...kohya(kohyaName(module), size), [`${kohyaName(module)}.alpha`, []]],
  onetrainer: (module, size) => kohya(`lora_transformer_${module.replaceAll('.', '_')}`, size),
  'ai-toolkit': (module, size) => peft(`diffusion_model.${module}`, size),
  comfyui: (module, size) => kohya(`diffusion_model.${module}`, size),
  diffusers: (module, size) => peft(`transformer.${module}`, size),
  peft: (module, size) => peft(`base_model.model.${module}`, size),
  'peft, named': (module, size) => named(module, size),
  dora: (module, size) => [...kohya(kohyaName(module), size), [`${kohyaName(module)}.dora_scale`, [size[0], 1]]],
  loha: (module, size) => [
    [`${kohyaName(module)}.hada_w1_a`, [size[0], RANK]],
    [`${kohyaName(module)}.hada_w1_b`, [RANK, size[1]]],
    [`${kohyaName(module)}.hada_w2_a`, [size[0], RANK]],
    [`${kohyaName(module)}.hada_w2_b`, [RANK, size[1]]],
  ],
  lokr: (module, [outputs, inputs]) => {
    const name = `lycoris_${module.replaceAll('.', '_')}`;
    return [
      [`${name}.lokr_w1`, [factor(outputs), factor(inputs)]],
      [`${name}.lokr_w2_a`, [outputs / factor(outputs), RANK]],
      [`${name}.lokr_w2_b`, [RANK, inputs / factor(inputs)]],
    ];
  },
  'full difference': (module, size) => [[`diffusion_model.${module}.diff`, [...size]]],
};
