import type { ModelFacts } from '@modelkeep/core';

/** OneTrainer's configuration has the whole training in it; a longer one is none. */
const MAX_CHARS = 1_000_000;

/** Families by how OneTrainer's model types begin. */
const families: readonly (readonly [string, string])[] = [
  ['STABLE_DIFFUSION_15', 'sd1'],
  ['STABLE_DIFFUSION_2', 'sd2'],
  ['STABLE_DIFFUSION_XL', 'sdxl'],
  ['STABLE_DIFFUSION_3', 'sd3'],
  ['FLUX_DEV_1', 'flux1'],
  ['FLUX_FILL_DEV_1', 'flux1'],
  ['CHROMA_1', 'chroma'],
  ['HUNYUAN_VIDEO', 'hunyuan-video'],
];

/** @internal What `ot_config`, the configuration that OneTrainer puts into a header, claims. */
export function oneTrainerClaims(config: string | undefined): Pick<ModelFacts, 'type' | 'family'> {
  if (config === undefined || config.length > MAX_CHARS) return {};
  let json: unknown;
  try {
    json = JSON.parse(config);
  } catch {
    // It throws for nothing but what is no JSON.
    return {};
  }
  if (typeof json !== 'object' || json === null) return {};
  const { training_method: method, model_type: model } = json as { training_method?: unknown; model_type?: unknown };
  const type = method === 'LORA' ? 'lora' : method === 'EMBEDDING' ? 'embedding' : null;
  const name = typeof model === 'string' ? model : '';
  return { type, family: families.find(([start]) => name.startsWith(start))?.[1] ?? null };
}
