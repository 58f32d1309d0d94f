import { addLinear, prefixed, type MutableShapes, type TensorShapes } from '../shapes.ts';
import { fluxLoraModules } from './flux.ts';
import { unetDimensions, unetEncoder, unetShapes } from './unet.ts';

/** How large a LoRA is. */
export interface LoraSize {
  readonly rank: number;
  /** Share of the modules that it trains, the first ones: from above 0 to 1. */
  readonly share: number;
}

/** A LoRA of FLUX.1's diffusion model as kohya's trainer writes it. */
export function fluxLoraShapes(size: LoraSize): TensorShapes {
  return loraShapes(fluxLoraModules(), size);
}

/** A LoRA of the attention layers of SDXL's U-Net as kohya's trainer writes it. */
export function sdxlLoraShapes(size: LoraSize): TensorShapes {
  const modules = Object.entries(unetShapes(unetDimensions.sdxl))
    .filter(([name]) => /transformer_blocks\..*\.(to_q|to_k|to_v|to_out\.0)\.weight$/.test(name))
    .map(([name, shape]) => [name.replace(/\.weight$/, ''), shape[1] ?? 0, shape[0] ?? 0] as const);
  return loraShapes(modules, size);
}

function loraShapes(modules: readonly (readonly [string, number, number])[], { rank, share }: LoraSize): TensorShapes {
  const shapes: MutableShapes = {};
  for (const [name, inputs, outputs] of modules.slice(0, Math.max(4, Math.ceil(modules.length * share)))) {
    const flat = `lora_unet_${name.replaceAll('.', '_')}`;
    shapes[`${flat}.alpha`] = [];
    shapes[`${flat}.lora_down.weight`] = [rank, inputs];
    shapes[`${flat}.lora_up.weight`] = [outputs, rank];
  }
  return shapes;
}

/** A ControlNet of SD1 or SDXL in the names of the original code. */
export function controlNetShapes(family: 'sd1' | 'sdxl'): TensorShapes {
  const { shapes, widths } = unetEncoder(unetDimensions[family]);
  const hint = [3, 16, 16, 32, 32, 96, 96, 256, 320];
  for (const [index, from] of hint.slice(0, -1).entries()) {
    addLinear(shapes, `input_hint_block.${index * 2}`, [hint[index + 1] ?? 320, from, 3, 3]);
  }
  for (const [index, width] of widths.entries()) addLinear(shapes, `zero_convs.${index}.0`, [width, width, 1, 1]);
  const last = widths.at(-1) ?? 0;
  addLinear(shapes, 'middle_block_out.0', [last, last, 1, 1]);
  return prefixed('control_model.', shapes);
}

/** A Real-ESRGAN upscaler (RRDBNet); the common ones have 23 blocks, the small anime one 6. */
export function esrganShapes(blocks: number): TensorShapes {
  const shapes: MutableShapes = {};
  addLinear(shapes, 'conv_first', [64, 3, 3, 3]);
  for (let block = 0; block < blocks; block += 1) {
    for (const dense of [1, 2, 3]) {
      for (const step of [1, 2, 3, 4, 5]) {
        const name = `body.${block}.rdb${dense}.conv${step}`;
        addLinear(shapes, name, [step === 5 ? 64 : 32, 64 + 32 * (step - 1), 3, 3]);
      }
    }
  }
  for (const name of ['conv_body', 'conv_up1', 'conv_up2', 'conv_hr']) addLinear(shapes, name, [64, 64, 3, 3]);
  addLinear(shapes, 'conv_last', [3, 64, 3, 3]);
  return shapes;
}

/** A textual inversion of SD1 (one table) or SDXL (one for each text encoder). */
export function embeddingShapes(family: 'sd1' | 'sdxl', tokens: number): TensorShapes {
  return family === 'sd1' ? { emb_params: [tokens, 768] } : { clip_l: [tokens, 768], clip_g: [tokens, 1280] };
}
