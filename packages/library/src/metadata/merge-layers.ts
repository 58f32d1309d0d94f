import type { MetadataLayer, ModelFacts, ModelMetadata } from '@modelkeep/core';
import { factNames } from './fact-names.ts';
import { stableJson } from './stable-json.ts';

type Layers = ModelMetadata['layers'];

/**
 * @internal The layers of a model after another reading of its sources arrived. Each source replaces its own layer only,
 * and which of two readings stays is told by what they say and not by which came first:
 *
 * - `scan`, and `embedded` with it, come from the bytes: newer rules count.
 * - `hub`: of several sources the first by name leads; of one source the newer reading counts.
 * - The others: the newer reading counts; of a registry its rows are what it says.
 *
 * A reading that says the same as the one before is none: running the same again changes nothing, and the layer's time is
 * the one since when it says so.
 *
 * Layers that this version does not know are kept, and taken over where there was none.
 *
 * @returns `present` itself where nothing changes
 */
export function mergeLayers(present: Layers, arrived: Layers): Layers {
  let merged: Record<string, MetadataLayer | undefined> = present;
  const takesScan = ranks(arrived.scan, present.scan, (layer) => [-(layer.rulesVersion ?? 0)]) < 0;
  for (const [name, layer] of Object.entries(arrived)) {
    const known: MetadataLayer | undefined = Object.hasOwn(present, name) ? present[name as keyof Layers] : undefined;
    if (layer === undefined) continue;
    if (known !== undefined && !isPreferred({ name, layer, known, takesScan })) continue;
    merged = { ...merged, [name]: known === undefined ? layer : replaceLayer(known, layer) };
  }
  return merged;
}

interface Candidates {
  readonly name: string;
  readonly layer: MetadataLayer;
  readonly known: MetadataLayer;
  readonly takesScan: boolean;
}

function isPreferred({ name, layer, known, takesScan }: Candidates): boolean {
  if (name === 'scan' || name === 'embedded') return takesScan;
  if (name === 'hub') return ranks(layer, known, (one) => [one.source ?? '', -Date.parse(one.at), said(one)]) < 0;
  if (name === 'registry') return isNewerRegistry(layer, known);
  if (name !== 'forge' && name !== 'civitai-sidecar' && name !== 'civitai-api') return false;
  return ranks(layer, known, (one) => [-Date.parse(one.at), said(one)]) < 0;
}

/** Below zero: the first one counts. A reading that says the same is no other one. */
function ranks(
  layer: MetadataLayer | undefined,
  known: MetadataLayer | undefined,
  keyOf: (layer: MetadataLayer) => readonly (string | number)[],
): number {
  if (layer === undefined || known === undefined) return layer === undefined ? 1 : -1;
  if (said(layer) === said(known) && layer.source === known.source && layer.rulesVersion === known.rulesVersion)
    return 0;
  const keys = keyOf(known);
  for (const [place, key] of keyOf(layer).entries()) {
    const other = keys[place] ?? key;
    if (key !== other) return key < other ? -1 : 1;
  }
  return 0;
}

function said({ facts, civitai }: MetadataLayer): string {
  const known = Object.fromEntries(factNames.map((name) => [name, facts[name] ?? null]));
  return stableJson(civitai === undefined ? known : { ...known, civitai });
}

/** The rows of a registry are all that it says, and its facts a part of that. */
function isNewerRegistry(layer: MetadataLayer, known: MetadataLayer): boolean {
  const [rows, knownRows] = [layer, known].map((one) => said(one) + stableJson(one.extra ?? {}));
  if (rows === undefined || knownRows === undefined || rows === knownRows) return false;
  const newerByMs = Date.parse(layer.at) - Date.parse(known.at);
  return newerByMs > 0 || (newerByMs === 0 && rows < knownRows);
}

/** What a later version noted in the layer stays: this one cannot tell whether it still holds, and must not lose it. */
function replaceLayer(known: MetadataLayer, layer: MetadataLayer): MetadataLayer {
  const unknown = Object.entries(known.facts).filter(([name]) => !factNames.some((one) => one === name));
  const { rulesVersion: _rules, evidence: _evidence, source: _source, civitai: _civitai, ...kept } = known;
  return { ...kept, ...layer, facts: { ...(Object.fromEntries(unknown) as ModelFacts), ...layer.facts } };
}
