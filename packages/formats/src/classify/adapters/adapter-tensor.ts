/** What a tensor of an adapter says about the module that it changes. */
export type AdapterPart =
  /** Outputs are the adapter's rank, inputs the module's. */
  | 'down'
  /** Outputs are the module's, inputs the adapter's rank. */
  | 'up'
  /** As large as the module's weight. */
  | 'whole'
  | 'kronecker'
  | 'kroneckerDown'
  | 'kroneckerUp'
  /** Of a bias or a norm: it tells nothing about a layer. */
  | 'bias'
  /** Nothing about its size. */
  | 'other';

/** How adapters name their tensors; the first that fits. `tells` is for the kinds that only such a tensor has. */
const endings: readonly (readonly [pattern: RegExp, part: AdapterPart])[] = [
  [/\.lora_(?:down|A)(?:\.default(?:_\d+)?)?\.weight$|\.lora_A$|\.lora_down$/, 'down'],
  [/\.lora_(?:up|B)(?:\.default(?:_\d+)?)?\.weight$|\.lora_B$|\.lora_up$/, 'up'],
  [/(?:\.lora|_lora\d?|\.lora_linear_layer)\.down\.weight$/, 'down'],
  [/(?:\.lora|_lora\d?|\.lora_linear_layer)\.up\.weight$/, 'up'],
  [/\.hada_w1_b$/, 'down'],
  [/\.hada_w1_a$/, 'up'],
  [/\.lokr_w[12]$/, 'kronecker'],
  [/\.lokr_w[12]_a$/, 'kroneckerUp'],
  [/\.lokr_w[12]_b$/, 'kroneckerDown'],
  [/\.(?:diff|set_weight)$/, 'whole'],
  [/\.(?:diff_b|w_norm|b_norm)$/, 'bias'],
  [/\.a1\.weight$/, 'down'],
  [/\.b2\.weight$/, 'up'],
  [
    /\.(?:lora_mid\.weight|lora_B\.bias|lora_magnitude_vector(?:\.default)?(?:\.weight)?|hada_w2_[ab]|hada_t[12]|lokr_t[12]|oft_blocks|oft_diag|oft_R(?:\.default)?\.weight|boft_[RS]\.default|dora_scale|[ab][12]\.weight|on_input|vera_lambda_[bd])$/,
    'other',
  ],
];

/** Cheap test before the endings. */
const HINT = /lora|hada_|lokr_|oft_|dora_|\.diff|\.set_weight$|\.[ab][12]\.weight$|\.on_input$|_norm$|vera_|^lycoris_/;
/** What trainers write before the module; whatever ends such a name belongs to an adapter. */
const TRAINER_PREFIX = /^(?:lora_unet_|lora_te[123]?_|lora_transformer_|lora_prior_|lycoris_)/;

/** @internal The module and the part that a tensor's name tells, or null for one of no adapter. */
export function adapterTensor(name: string): { readonly module: string; readonly part: AdapterPart } | null {
  if (!HINT.test(name)) return null;
  for (const [pattern, part] of endings) {
    const at = name.search(pattern);
    if (at > 0) return { module: name.slice(0, at), part };
  }
  const dot = name.indexOf('.');
  return TRAINER_PREFIX.test(name) ? { module: dot === -1 ? name : name.slice(0, dot), part: 'other' } : null;
}
