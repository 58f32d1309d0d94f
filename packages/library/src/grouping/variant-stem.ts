const TOKENS = [
  // GGUF: Q4_0, Q8_0, Q4_K_M, IQ2_XXS, TQ1_0, …; the makers' marks UD- and i1- stand before them.
  String.raw`(?:(?:ud|i1)[-_.])?(?:q[2-8](?:[-_.][01](?:[-_.][48][-_.][48])?|[-_.]k(?:[-_.](?:xxl|xl|l|m|s))?)?|iq[1-4][-_.](?:xxs|xs|nl|s|m)|tq[12][-_.]0)`,
  // F16, FP16, BF16, float16, F32, FP32, …
  String.raw`b?f(?:p|loat)?16`,
  String.raw`f(?:p|loat)?32`,
  // FP8, fp8_e4m3fn, e5m2, fp8_e4m3fn_scaled.
  String.raw`(?:f(?:p|loat)8(?:[-_.]?e[45]m[23](?:fn)?)?|e[45]m[23](?:fn)?)(?:[-_.]scaled)?`,
  String.raw`(?:mx|nv)?fp4`,
  'nf4',
  'int[48]',
  String.raw`(?:bnb[-_.])?[2-8]bit`,
  'awq',
  'gptq',
  // Shards.
  String.raw`\d{5}-of-\d{5}`,
];
const VARIANT_TOKEN = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${TOKENS.join('|')})(?![\p{L}\p{N}])`, 'gu');

/**
 * What the names of a model's quantisations, precisions and shards have in common: the name in lower case without the
 * tokens that only tell those. A name of nothing else is kept whole.
 *
 * @param officialName - the name of a model, without a file's extension
 * @example variantStem('Llama-3-8B-Q4_K_M') // 'llama-3-8b'
 */
export function variantStem(officialName: string): string {
  const name = officialName.toLowerCase();
  return tidy(name.replace(VARIANT_TOKEN, '')) || tidy(name) || name;
}

/** One separator where several came together, none at the ends, no empty brackets. */
function tidy(name: string): string {
  return name
    .replace(/\(\s*\)|\[\s*\]/gu, '')
    .replace(/([-_.\s])[-_.\s]+/gu, '$1')
    .replace(/^[-_.\s]+|[-_.\s]+$/gu, '');
}
