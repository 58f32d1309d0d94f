import { objectOf, type JsonObject } from './json-fields.ts';
import { readCivitaiModel, readCivitaiVersion } from './read-civitai.ts';
import { readForge } from './read-forge.ts';
import { readLoraManager } from './read-lora-manager.ts';
import { readModelCard } from './read-model-card.ts';
import { readStabilityMatrix } from './read-stability-matrix.ts';
import { readSwarm } from './read-swarm.ts';
import type { Sidecar } from './sidecar.ts';

/** The most special first. */
const readers: readonly ((json: JsonObject) => Sidecar | null)[] = [
  readLoraManager,
  readStabilityMatrix,
  readCivitaiModel,
  readCivitaiVersion,
  readSwarm,
  readForge,
];

/**
 * Tells what a small file beside a model says of it, by its content alone: what it is called plays no part.
 *
 * @returns null for what is no such file, or is damaged
 */
export function recogniseSidecar(text: string): Sidecar | null {
  const start = text
    .slice(0, 64)
    .trimStart()
    .replace(/^\uFEFF/u, '');
  if (start.startsWith('---')) return readModelCard(text);
  if (!start.startsWith('{')) return null;
  let json: JsonObject | null;
  try {
    json = objectOf(JSON.parse(text.replace(/^\uFEFF/u, '')));
  } catch {
    // It throws for nothing but what is no JSON.
    return null;
  }
  if (json === null) return null;
  for (const read of readers) {
    const sidecar = read(json);
    if (sidecar !== null) return sidecar;
  }
  return null;
}
