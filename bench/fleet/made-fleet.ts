import { hash } from 'node:crypto';
import type { InventoryItem, ModelRequirement, Servers } from '../../packages/fleet/src/index.ts';
import { numbersOf } from '../index/made-records.ts';

/** How large the fleet is: each server has every model. */
export const size: { readonly servers: number; readonly models: number } = {
  servers: numbersOf('MODELKEEP_BENCH_SERVERS', '1000')[0] ?? 1_000,
  models: numbersOf('MODELKEEP_BENCH_MODELS', '10000')[0] ?? 10_000,
};
export const rounds: number = numbersOf('MODELKEEP_BENCH_ROUNDS', '300')[0] ?? 300;

const sha256Of = (number: number): string => hash('sha256', `model ${number}`);

export function itemOf(number: number): InventoryItem {
  return {
    sha256: sha256Of(number),
    sizeBytes: 1_000_000 + number,
    path: `/data/models/lora/flux1/model-${number}/model-${number}.safetensors`,
    name: `Model ${number}`,
    type: 'lora',
    family: 'flux1',
    civitaiVersionId: number + 1,
    sources: [{ repo: `acme/model-${number}`, path: 'model.safetensors', revision: 'main', commit: null }],
  };
}

export const items = (count: number, first = 0): InventoryItem[] =>
  Array.from({ length: count }, (_, place) => itemOf(first + place));

/** The models that a job of a round needs: a checkpoint and its LoRAs, say, by every kind of name. */
export function wanted(round: number, count = 10): ModelRequirement[] {
  return Array.from({ length: count }, (_, place) => {
    const number = (round * 7_919 + place * 104_729) % size.models;
    const kinds = [
      sha256Of(number),
      `civitai:@${number + 1}`,
      `hf:acme/model-${number}/model.safetensors`,
      `lora/flux1/model-${number}/model-${number}.safetensors`,
    ];
    return kinds[(round + place) % kinds.length] ?? '';
  });
}

/** One server tells of all models, the others are registered: the rest is copied within the database. */
export async function beginFleet(servers: Servers): Promise<number> {
  for (let place = 0; place < size.servers; place += 1) {
    await servers.register({
      id: `server-${String(place).padStart(4, '0')}`,
      labels: { zone: `z${place % 4}`, rack: `r${place % 40}` },
      capacity: { slots: 4, memoryBytes: 24e9, bytesPerSecond: 100e6, families: ['flux1', 'sdxl'], version: '0.3.40' },
    });
  }
  const { inventory: base } = await servers.get('server-0000');
  const all = items(size.models);
  const started = performance.now();
  await servers.sync('server-0000', { kind: 'full', base, items: all });
  return performance.now() - started;
}

export function shown(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(2).padStart(8);
  return `median ${at(0.5)} ms  p99 ${at(0.99)} ms  most ${at(1)} ms`;
}
