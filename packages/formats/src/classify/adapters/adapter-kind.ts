import type { TensorView } from '../view/tensor-view.ts';

/** Kinds of adapters beside plain LoRA, by a tensor that only they have; the first that is there. */
const kinds: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/\.hada_w1_a$/, 'loha'],
  [/\.lokr_w[12](?:_a)?$/, 'lokr'],
  [/\.boft_[RS]\./, 'boft'],
  [/\.oft_(?:blocks|diag|R\b)/, 'oft'],
  [/\.vera_lambda_/, 'vera'],
  [/\.b1\.weight$/, 'glora'],
  [/\.on_input$/, 'ia3'],
  [/\.(?:dora_scale|lora_magnitude_vector\b)/, 'dora'],
  [/\.lora_mid\.weight$/, 'locon'],
];
const PLAIN = /\.(?:lora_(?:down|up|A|B)\b|lora\.down|.*_lora\d?\.down)/;

/** @internal What kind of adapter it is, or null for a plain LoRA. */
export function adapterKind(view: TensorView): string | null {
  const patterns = [...view.patterns];
  const found = kinds.find(([pattern]) => patterns.some(([name]) => pattern.test(name)))?.[1];
  if (
    found === 'oft' &&
    patterns.some(([name, { shapes }]) => name.endsWith('.oft_blocks') && shapes[0]?.length === 4)
  ) {
    return 'boft';
  }
  if (found !== undefined) return found;
  const changesConvolutions = patterns.some(
    ([name, { shapes }]) =>
      name.endsWith('.lora_down.weight') && shapes.some((shape) => shape.length === 4 && (shape[2] ?? 1) > 1),
  );
  if (changesConvolutions) return 'locon';
  return patterns.some(([name]) => PLAIN.test(name)) ? null : 'full-difference';
}
