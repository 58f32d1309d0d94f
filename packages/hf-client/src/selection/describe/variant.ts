const VARIANTS: readonly (readonly [name: string, RegExp])[] = [
  ['non_ema', /(?<![a-z0-9])non[-_]?ema(?:[-_]?only)?(?![a-z0-9])/giu],
  ['ema', /(?<![a-z0-9])ema(?:[-_]?only)?(?![a-z0-9])/giu],
  ['pruned', /(?<![a-z0-9])pruned(?![a-z0-9])/giu],
  ['inpainting', /(?<![a-z0-9])inpaint(?:ing)?(?![a-z0-9])/giu],
];

/** What sets weights apart from others of the same model, as the base name tells. */
export function variantOf(base: string): string | null {
  return VARIANTS.find(([, expression]) => base.search(expression) !== -1)?.[0] ?? null;
}

/** A name without what tells its variant. What inpaints is another model and keeps its name. */
export function withoutVariant(text: string): string {
  return VARIANTS.reduce(
    (rest, [name, expression]) => (name === 'inpainting' ? rest : rest.replaceAll(expression, '')),
    text,
  );
}
