import { addLinear, type MutableShapes, type TensorShapes } from '../shapes.ts';

const WIDTHS = [128, 256, 512, 512] as const;
const TOP = 512;

/** What sets the autoencoders of the Stable Diffusion line apart. */
export interface VaeLayoutOptions {
  /** Channels of the latent image: 4 (SD1, SD2, SDXL) or 16 (FLUX.1, SD3). */
  readonly latentChannels: number;
  /** 1×1 convolutions around the latent image: SD1, SD2 and SDXL have them, FLUX.1 has none. */
  readonly quantConvolutions: boolean;
}

/** An AutoencoderKL in the names of the original code. */
export function vaeShapes({ latentChannels, quantConvolutions }: VaeLayoutOptions): TensorShapes {
  const shapes: MutableShapes = {};
  addLinear(shapes, 'encoder.conv_in', [128, 3, 3, 3]);
  let width: number = WIDTHS[0];
  for (const [level, target] of WIDTHS.entries()) {
    for (let block = 0; block < 2; block += 1) {
      addResidual(shapes, `encoder.down.${level}.block.${block}`, [width, target]);
      width = target;
    }
    if (level < WIDTHS.length - 1) addLinear(shapes, `encoder.down.${level}.downsample.conv`, [width, width, 3, 3]);
  }
  addMiddle(shapes, 'encoder');
  addLinear(shapes, 'encoder.norm_out', [TOP]);
  addLinear(shapes, 'encoder.conv_out', [2 * latentChannels, TOP, 3, 3]);
  addLinear(shapes, 'decoder.conv_in', [TOP, latentChannels, 3, 3]);
  addMiddle(shapes, 'decoder');
  width = TOP;
  for (const level of [3, 2, 1, 0] as const) {
    for (let block = 0; block < 3; block += 1) {
      addResidual(shapes, `decoder.up.${level}.block.${block}`, [width, WIDTHS[level]]);
      width = WIDTHS[level];
    }
    if (level > 0) addLinear(shapes, `decoder.up.${level}.upsample.conv`, [width, width, 3, 3]);
  }
  addLinear(shapes, 'decoder.norm_out', [WIDTHS[0]]);
  addLinear(shapes, 'decoder.conv_out', [3, WIDTHS[0], 3, 3]);
  if (quantConvolutions) {
    addLinear(shapes, 'quant_conv', [2 * latentChannels, 2 * latentChannels, 1, 1]);
    addLinear(shapes, 'post_quant_conv', [latentChannels, latentChannels, 1, 1]);
  }
  return shapes;
}

function addMiddle(shapes: MutableShapes, name: string): void {
  addResidual(shapes, `${name}.mid.block_1`, [TOP, TOP]);
  addLinear(shapes, `${name}.mid.attn_1.norm`, [TOP]);
  for (const part of ['q', 'k', 'v', 'proj_out']) addLinear(shapes, `${name}.mid.attn_1.${part}`, [TOP, TOP, 1, 1]);
  addResidual(shapes, `${name}.mid.block_2`, [TOP, TOP]);
}

function addResidual(shapes: MutableShapes, name: string, [from, to]: readonly [number, number]): void {
  addLinear(shapes, `${name}.norm1`, [from]);
  addLinear(shapes, `${name}.conv1`, [to, from, 3, 3]);
  addLinear(shapes, `${name}.norm2`, [to]);
  addLinear(shapes, `${name}.conv2`, [to, to, 3, 3]);
  if (from !== to) addLinear(shapes, `${name}.nin_shortcut`, [to, from, 1, 1]);
}
