import type { TensorFact, TensorView } from './tensor-view.ts';

/** The tensors of an adapter, by what they say about the module they change. */
const suffixes: readonly (readonly [pattern: RegExp, part: Part])[] = [
  [/\.lora_(?:down|A)(?:\.default)?\.weight$|\.lora_A$/, 'down'],
  [/\.lora_(?:up|B)(?:\.default)?\.weight$|\.lora_B$/, 'up'],
  [
    /\.lora\.down\.weight$|_lora\.down\.weight$|\.lora_linear_layer\.down\.weight$|\.(?:proj|qkv)_lora\d*\.down\.weight$/,
    'down',
  ],
  [/\.lora\.up\.weight$|_lora\.up\.weight$|\.lora_linear_layer\.up\.weight$|\.(?:proj|qkv)_lora\d*\.up\.weight$/, 'up'],
  [/\.hada_w1_b$/, 'down'],
  [/\.hada_w1_a$/, 'up'],
  [/\.lokr_w[12]$/, 'kronecker'],
  [/\.lokr_w[12]_a$/, 'kroneckerOutputs'],
  [/\.lokr_w[12]_b$/, 'kroneckerInputs'],
  [/\.diff$/, 'whole'],
  [
    /\.(?:lora_mid\.weight|lora_B\.bias|hada_w2_[ab]|hada_t[12]|lokr_t[12]|diff_b|oft_blocks|oft_diag|dora_scale)$/,
    'other',
  ],
];
type Part = 'down' | 'up' | 'kronecker' | 'kroneckerInputs' | 'kroneckerOutputs' | 'whole' | 'other';

/** Prefixes of modules; what stands for a text encoder becomes `te.`, `te1.`, `te2.`. */
const prefixes: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/^lora_te([123]?)_/, 'te$1_'],
  [/^text_encoder_2\./, 'te2.'],
  [/^text_encoder\./, 'te1.'],
  [/^base_model\.model\./, ''],
  [/^model\.diffusion_model\./, ''],
  [/^(?:diffusion_model|transformer|unet|net)\./, ''],
  [/^(?:lora_unet_|lora_transformer_|lycoris_)/, ''],
];

/** Kinds of adapters beside plain LoRA, by a tensor that only they have. */
const kinds: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/\.dora_scale$/, 'DoRA'],
  [/\.hada_w1_a$/, 'LoHa'],
  [/\.lokr_w[12](_a)?$/, 'LoKr'],
  [/\.oft_(blocks|diag)$/, 'OFT'],
  [/\.lora_mid\.weight$/, 'LoCon'],
];

/** An adapter seen as the modules that it changes. */
export interface LoraModules {
  readonly view: TensorView;
  /** What kind of adapter it is, where it is none of the plain ones. */
  readonly kind: string | null;
}

/** The modules that a file's adapter tensors change, or null where it has none. */
export function loraModules(view: TensorView): LoraModules | null {
  const sizes = new Map<string, Size>();
  let adapterTensors = 0;
  for (const name of view.names) {
    const found = adapterPart(name);
    if (found === null) continue;
    adapterTensors += 1;
    const module = moduleName(found.module);
    const size = sizes.get(module) ?? { inputs: 0, outputs: 0 };
    const [first = 0, second = 0] = view.get(name)?.shape ?? [];
    sizes.set(module, sizeOf[found.part](size, first, second));
  }
  if (adapterTensors === 0) return null;
  const modules = new Map<string, TensorFact>();
  for (const [name, { inputs, outputs }] of sizes) modules.set(name, { dtype: '', shape: [outputs, inputs] });
  const kind = kinds.find(([pattern]) => view.names.some((name) => pattern.test(name)))?.[1] ?? null;
  return {
    view: { prefix: '', names: [...modules.keys()], get: (name) => modules.get(name), eitherOrder: false },
    kind,
  };
}

/** Cheap test before the suffixes. */
const HINT = /lora|hada_|lokr_|oft_|dora_|\.diff|^lycoris_/;
const ADAPTER_PREFIX = /^(?:lora_unet_|lora_te[123]?_|lora_transformer_|lycoris_)/;

function adapterPart(name: string): { readonly module: string; readonly part: Part } | null {
  if (!HINT.test(name)) return null;
  for (const [pattern, part] of suffixes) {
    const at = name.search(pattern);
    if (at !== -1) return { module: name.slice(0, at), part };
  }
  return ADAPTER_PREFIX.test(name) ? { module: name.replace(/\..*$/s, ''), part: 'other' } : null;
}

function moduleName(module: string): string {
  let name = module;
  for (const [pattern, replacement] of prefixes) name = name.replace(pattern, replacement);
  return name;
}

interface Size {
  readonly inputs: number;
  readonly outputs: number;
}

/** What a tensor adds to what is known of its module's size. A Kronecker product's factors are multiplied. */
const sizeOf: Readonly<Record<Part, (size: Size, first: number, second: number) => Size>> = {
  down: (size, _, second) => ({ ...size, inputs: second }),
  up: (size, first) => ({ ...size, outputs: first }),
  whole: (_, first, second) => ({ outputs: first, inputs: second }),
  kronecker: (size, first, second) => ({
    outputs: Math.max(1, size.outputs) * first,
    inputs: Math.max(1, size.inputs) * second,
  }),
  kroneckerOutputs: (size, first) => ({ ...size, outputs: Math.max(1, size.outputs) * first }),
  kroneckerInputs: (size, _, second) => ({ ...size, inputs: Math.max(1, size.inputs) * second }),
  other: (size) => size,
};
