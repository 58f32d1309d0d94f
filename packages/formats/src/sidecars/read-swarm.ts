import { safetensorsClaims } from '../embedded/safetensors-claims.ts';
import type { JsonObject } from './json-fields.ts';
import type { Sidecar } from './sidecar.ts';

/** @internal What SwarmUI keeps of a model: the fields of a header, which its users edit. */
export function readSwarm(json: JsonObject): Sidecar | null {
  const entries = Object.entries(json).slice(0, 1_000);
  const texts = entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  if (!texts.some(([key]) => key.startsWith('modelspec.'))) return null;
  const facts = safetensorsClaims(new Map(texts));
  return { kind: 'swarm', layer: 'forge', facts, civitai: null, files: [], previews: [], extra: {} };
}
