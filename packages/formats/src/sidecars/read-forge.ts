import { cleanList } from '../embedded/clean-text.ts';
import { amountIn, field, textIn, type JsonObject } from './json-fields.ts';
import type { Sidecar } from './sidecar.ts';

/** Any one of them makes a file one of A1111 or Forge. */
const marks = ['activation text', 'sd version', 'preferred weight', 'negative text', 'vae_te', 'sd_version_str'];
/** A file that has nothing but these is one as well. */
const plain = ['description', 'notes', 'vae'];

const families: ReadonlyMap<string, string> = new Map([
  ['sd1', 'sd1'],
  ['sd2', 'sd2'],
  ['sdxl', 'sdxl'],
  ['flux', 'flux1'],
]);

/** @internal What A1111 and Forge keep of a LoRA or a checkpoint. */
export function readForge(json: JsonObject): Sidecar | null {
  const keys = Object.keys(json);
  const isPlain =
    keys.length > 0 && keys.every((key) => plain.includes(key)) && keys.some((key) => typeof json[key] === 'string');
  if (!isPlain && !marks.some((mark) => Object.hasOwn(json, mark))) return null;
  const version = textIn(json, 'sd version') ?? textIn(json, 'sd_version_str');
  const extra = {
    'sd version': version,
    'preferred weight': amountIn(json, 'preferred weight'),
    'negative text': textIn(json, 'negative text', 10_000),
    'activation text': textIn(json, 'activation text', 10_000),
    notes: textIn(json, 'notes', 20_000),
    vae: textIn(json, 'vae'),
    vae_te: Array.isArray(field(json, 'vae_te')) ? field(json, 'vae_te') : null,
  };
  return {
    kind: 'forge',
    layer: 'forge',
    facts: {
      family: families.get((version ?? '').toLowerCase().replace(/^sdversion\./u, '')) ?? null,
      description: textIn(json, 'description', 20_000),
      triggerWords: cleanList((textIn(json, 'activation text', 10_000) ?? '').split(',')),
    },
    civitai: null,
    files: [],
    previews: [],
    extra: Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== null)),
  };
}
