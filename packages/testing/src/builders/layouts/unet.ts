import { addLinear, type MutableShapes, type TensorShapes } from '../shapes.ts';

/** The dimensions of a U-Net of the Stable Diffusion line. */
export interface UnetDimensions {
  readonly channels: number;
  /** Width of each level as a multiple of `channels`. */
  readonly levels: readonly number[];
  /** Transformer blocks at each level. */
  readonly depths: readonly number[];
  readonly middleDepth: number;
  /** Width of the text encoder's output. */
  readonly context: number;
  /** Width of the added embedding (SDXL), or null. */
  readonly added: number | null;
  /** Projections are linear layers (SD2, SDXL) and not 1×1 convolutions. */
  readonly linear: boolean;
  /** 4, or 9 for inpainting. @default 4 */
  readonly inputChannels?: number;
}

/** U-Nets whose dimensions are known. */
export type UnetFamily = 'sd1' | 'sd2' | 'sdxl' | 'sdxl-refiner';

/** Genuine dimensions by family. */
export const unetDimensions: Readonly<Record<UnetFamily, UnetDimensions>> = {
  sd1: {
    channels: 320,
    levels: [1, 2, 4, 4],
    depths: [1, 1, 1, 0],
    middleDepth: 1,
    context: 768,
    added: null,
    linear: false,
  },
  sd2: {
    channels: 320,
    levels: [1, 2, 4, 4],
    depths: [1, 1, 1, 0],
    middleDepth: 1,
    context: 1024,
    added: null,
    linear: true,
  },
  sdxl: {
    channels: 320,
    levels: [1, 2, 4],
    depths: [0, 2, 10],
    middleDepth: 10,
    context: 2048,
    added: 2816,
    linear: true,
  },
  'sdxl-refiner': {
    channels: 384,
    levels: [1, 2, 4, 4],
    depths: [0, 4, 4, 0],
    middleDepth: 4,
    context: 1280,
    added: 2560,
    linear: true,
  },
};

/** What the encoder half of a U-Net has: a ControlNet copies it. */
export interface UnetEncoder {
  readonly shapes: MutableShapes;
  /** Width after each input block. */
  readonly widths: readonly number[];
}

/** The U-Net in the names of the original code (`input_blocks`, `middle_block`, `output_blocks`). */
export function unetShapes(dimensions: UnetDimensions): TensorShapes {
  const { shapes, widths } = unetEncoder(dimensions);
  const skips = [...widths];
  const last = dimensions.levels.length - 1;
  let width = dimensions.channels * (dimensions.levels[last] ?? 1);
  let index = 0;
  for (let level = last; level >= 0; level -= 1) {
    const target = dimensions.channels * (dimensions.levels[level] ?? 1);
    const depth = dimensions.depths[level] ?? 0;
    for (let step = 0; step < 3; step += 1) {
      const name = `output_blocks.${index}`;
      addResidual(shapes, `${name}.0`, {
        from: width + (skips.pop() ?? 0),
        to: target,
        embedding: dimensions.channels * 4,
      });
      width = target;
      if (depth > 0) addTransformer(shapes, `${name}.1`, { width, depth, dimensions });
      if (step === 2 && level > 0) addLinear(shapes, `${name}.${depth > 0 ? 2 : 1}.conv`, [width, width, 3, 3]);
      index += 1;
    }
  }
  addLinear(shapes, 'out.0', [dimensions.channels]);
  addLinear(shapes, 'out.2', [4, dimensions.channels, 3, 3]);
  return shapes;
}

/** The time embedding, the input blocks and the middle block. */
export function unetEncoder(dimensions: UnetDimensions): UnetEncoder {
  const { channels, levels, depths, added, inputChannels = 4 } = dimensions;
  const shapes: MutableShapes = {};
  const embedding = channels * 4;
  addLinear(shapes, 'time_embed.0', [embedding, channels]);
  addLinear(shapes, 'time_embed.2', [embedding, embedding]);
  if (added !== null) {
    addLinear(shapes, 'label_emb.0.0', [embedding, added]);
    addLinear(shapes, 'label_emb.0.2', [embedding, embedding]);
  }
  addLinear(shapes, 'input_blocks.0.0', [channels, inputChannels, 3, 3]);
  const widths = [channels];
  let width = channels;
  for (const [level, multiple] of levels.entries()) {
    for (let step = 0; step < 2; step += 1) {
      const name = `input_blocks.${widths.length}`;
      addResidual(shapes, `${name}.0`, { from: width, to: channels * multiple, embedding });
      width = channels * multiple;
      const depth = depths[level] ?? 0;
      if (depth > 0) addTransformer(shapes, `${name}.1`, { width, depth, dimensions });
      widths.push(width);
    }
    if (level < levels.length - 1) {
      addLinear(shapes, `input_blocks.${widths.length}.0.op`, [width, width, 3, 3]);
      widths.push(width);
    }
  }
  addResidual(shapes, 'middle_block.0', { from: width, to: width, embedding });
  addTransformer(shapes, 'middle_block.1', { width, depth: dimensions.middleDepth, dimensions });
  addResidual(shapes, 'middle_block.2', { from: width, to: width, embedding });
  return { shapes, widths };
}

function addResidual(
  shapes: MutableShapes,
  name: string,
  size: { readonly from: number; readonly to: number; readonly embedding: number },
): void {
  addLinear(shapes, `${name}.in_layers.0`, [size.from]);
  addLinear(shapes, `${name}.in_layers.2`, [size.to, size.from, 3, 3]);
  addLinear(shapes, `${name}.emb_layers.1`, [size.to, size.embedding]);
  addLinear(shapes, `${name}.out_layers.0`, [size.to]);
  addLinear(shapes, `${name}.out_layers.3`, [size.to, size.to, 3, 3]);
  if (size.from !== size.to) addLinear(shapes, `${name}.skip_connection`, [size.to, size.from, 1, 1]);
}

interface TransformerSize {
  readonly width: number;
  readonly depth: number;
  readonly dimensions: UnetDimensions;
}

function addTransformer(shapes: MutableShapes, name: string, { width, depth, dimensions }: TransformerSize): void {
  const projection = dimensions.linear ? [width, width] : [width, width, 1, 1];
  addLinear(shapes, `${name}.norm`, [width]);
  addLinear(shapes, `${name}.proj_in`, projection);
  for (let block = 0; block < depth; block += 1) {
    const inner = `${name}.transformer_blocks.${block}`;
    for (const [attention, context] of [
      ['attn1', width],
      ['attn2', dimensions.context],
    ] as const) {
      shapes[`${inner}.${attention}.to_q.weight`] = [width, width];
      shapes[`${inner}.${attention}.to_k.weight`] = [width, context];
      shapes[`${inner}.${attention}.to_v.weight`] = [width, context];
      addLinear(shapes, `${inner}.${attention}.to_out.0`, [width, width]);
    }
    addLinear(shapes, `${inner}.ff.net.0.proj`, [8 * width, width]);
    addLinear(shapes, `${inner}.ff.net.2`, [width, 4 * width]);
    for (const norm of [1, 2, 3]) addLinear(shapes, `${inner}.norm${norm}`, [width]);
  }
  addLinear(shapes, `${name}.proj_out`, projection);
}
