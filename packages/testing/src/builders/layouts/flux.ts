import { addLinear, type MutableShapes, type TensorShapes } from '../shapes.ts';

const WIDTH = 3072;
const HEAD = 128;

/** What sets the members of the FLUX.1 family apart. */
export interface FluxLayoutOptions {
  /** FLUX.1-dev has guidance layers, FLUX.1-schnell has none. @default true */
  readonly guidance?: boolean;
  /** 64, or 384 for FLUX.1 Fill. @default 64 */
  readonly inputChannels?: number;
}

/** The diffusion model of FLUX.1 in Black Forest Labs' own names. */
export function fluxShapes({ guidance = true, inputChannels = 64 }: FluxLayoutOptions = {}): TensorShapes {
  const shapes: MutableShapes = {};
  addLinear(shapes, 'img_in', [WIDTH, inputChannels]);
  addEmbedder(shapes, 'time_in', 256);
  addEmbedder(shapes, 'vector_in', 768);
  if (guidance) addEmbedder(shapes, 'guidance_in', 256);
  addLinear(shapes, 'txt_in', [WIDTH, 4096]);
  for (let block = 0; block < 19; block += 1) {
    for (const stream of ['img', 'txt']) addStream(shapes, `double_blocks.${block}.${stream}`);
  }
  for (let block = 0; block < 38; block += 1) {
    const name = `single_blocks.${block}`;
    addLinear(shapes, `${name}.linear1`, [7 * WIDTH, WIDTH]);
    addLinear(shapes, `${name}.linear2`, [WIDTH, 5 * WIDTH]);
    addNorms(shapes, name);
    addLinear(shapes, `${name}.modulation.lin`, [3 * WIDTH, WIDTH]);
  }
  addLinear(shapes, 'final_layer.adaLN_modulation.1', [2 * WIDTH, WIDTH]);
  addLinear(shapes, 'final_layer.linear', [64, WIDTH]);
  return shapes;
}

/** Modules that a kohya LoRA of FLUX.1 trains, with the input and output width of each. */
export function fluxLoraModules(): readonly (readonly [name: string, inputs: number, outputs: number])[] {
  return Object.entries(fluxShapes())
    .filter(([name]) => /^(double|single)_blocks\..*(qkv|proj|mlp\.\d|lin|linear\d)\.weight$/.test(name))
    .map(([name, shape]) => [name.replace(/\.weight$/, ''), shape[1] ?? 0, shape[0] ?? 0]);
}

function addStream(shapes: MutableShapes, name: string): void {
  addLinear(shapes, `${name}_attn.qkv`, [3 * WIDTH, WIDTH]);
  addNorms(shapes, `${name}_attn`);
  addLinear(shapes, `${name}_attn.proj`, [WIDTH, WIDTH]);
  addLinear(shapes, `${name}_mlp.0`, [4 * WIDTH, WIDTH]);
  addLinear(shapes, `${name}_mlp.2`, [WIDTH, 4 * WIDTH]);
  addLinear(shapes, `${name}_mod.lin`, [6 * WIDTH, WIDTH]);
}

function addNorms(shapes: MutableShapes, name: string): void {
  shapes[`${name}.norm.query_norm.scale`] = [HEAD];
  shapes[`${name}.norm.key_norm.scale`] = [HEAD];
}

function addEmbedder(shapes: MutableShapes, name: string, inputs: number): void {
  addLinear(shapes, `${name}.in_layer`, [WIDTH, inputs]);
  addLinear(shapes, `${name}.out_layer`, [WIDTH, WIDTH]);
}
