import type { ModelType } from '../records/model-terms.ts';

/** The types of Civitai and of the tools around it, without what is no letter or digit. */
const types: ReadonlyMap<string, ModelType> = new Map([
  ['checkpoint', 'checkpoint'],
  ['lora', 'lora'],
  ['locon', 'lora'],
  ['lycoris', 'lora'],
  ['dora', 'lora'],
  ['textualinversion', 'embedding'],
  ['embedding', 'embedding'],
  ['hypernetwork', 'hypernetwork'],
  ['controlnet', 'controlnet'],
  ['t2iadapter', 't2i-adapter'],
  ['ipadapter', 'ip-adapter'],
  ['vae', 'vae'],
  ['upscaler', 'upscaler'],
  ['motionmodule', 'motion-module'],
  ['textencoder', 'text-encoder'],
  ['clipvision', 'clip-vision'],
  ['unet', 'diffusion-model'],
  ['diffusionmodel', 'diffusion-model'],
]);

/** The type that Civitai's word means; null for one that is no type of a model, or not known. */
export function typeOfCivitaiWord(word: string | null | undefined): ModelType | null {
  return types.get((word ?? '').toLowerCase().replaceAll(/[^a-z0-9]/gu, '')) ?? null;
}

/** Families by how Civitai's base models begin, in lower case and without what is no letter or digit; the longest first. */
const families: readonly (readonly [string, string])[] = [
  ['sdxl', 'sdxl'],
  ['pony', 'sdxl'],
  ['illustrious', 'sdxl'],
  ['noobai', 'sdxl'],
  ['playgroundv2', 'sdxl'],
  ['sd14', 'sd1'],
  ['sd15', 'sd1'],
  ['sd2', 'sd2'],
  ['sd3', 'sd3'],
  ['flux1', 'flux1'],
  ['flux2', 'flux2'],
  ['chroma', 'chroma'],
  ['hidream', 'hidream'],
  ['hunyuanvideo', 'hunyuan-video'],
  ['lumina', 'lumina2'],
  ['svd', 'svd'],
  ['wanvideo', 'wan'],
  ['qwen', 'qwen-image'],
  ['zimage', 'z-image'],
  ['anima', 'anima'],
];
/** Names that begin like a family and are none of it. */
const others = /^(?:ponyv7|hidreamo1|wanvideo25|wanvideo27|wanimage|qwen[23])/u;

/** The family of a base model as Civitai calls it; null where that does not tell one. */
export function familyOfBaseModel(baseModel: string | null | undefined): string | null {
  const name = (baseModel ?? '').toLowerCase().replaceAll(/[^a-z0-9]/gu, '');
  if (others.test(name)) return null;
  return families.find(([start]) => name.startsWith(start))?.[1] ?? null;
}
