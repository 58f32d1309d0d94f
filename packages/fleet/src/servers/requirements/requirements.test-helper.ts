import { type SeededRandom } from '@modelkeep/testing';
import { madeItem, madeSha256, syncAll } from '../../contract/servers/made-items.ts';
import type { InventoryItem } from '../inventory.ts';
import type { Servers } from '../servers-port.ts';

/** @internal A fleet that was made up, as plain lists. */
export interface MadeFleet {
  readonly ids: readonly string[];
  /** For each server what it has. */
  readonly inventories: ReadonlyMap<string, readonly InventoryItem[]>;
}

/** @internal */
export interface FleetSize {
  readonly servers: number;
  readonly models: number;
  /** What each server has of them. */
  readonly each: number;
}

/** @internal */
export function makeFleet(random: SeededRandom, { servers, models, each }: FleetSize): MadeFleet {
  const ids = Array.from({ length: servers }, (_, place) => `server-${String(place).padStart(4, '0')}`);
  const inventories = ids.map((id) => {
    const numbers = new Set(Array.from({ length: random.below(each + 1) }, () => random.below(models)));
    return [id, [...numbers].map((number) => madeFleetItem(number, random))] as const;
  });
  return { ids, inventories: new Map(inventories) };
}

function madeFleetItem(number: number, random: SeededRandom): InventoryItem {
  return madeItem(number, {
    // Some versions have two files, some files are in two repos' revisions.
    civitaiVersionId: 1 + Math.floor(number / 2),
    sources: [
      { repo: `acme/m${number % 7}`, path: `${number % 50}.safetensors`, revision: number % 2 === 0 ? 'main' : 'v2' },
    ],
    corrupt: random.below(10) === 0,
  });
}

/** @internal */
export async function fillFleet(servers: Servers, { ids, inventories }: MadeFleet): Promise<void> {
  for (const id of ids) {
    await servers.register({ id, capacity: { bytesPerSecond: 1_000_000 } });
    await syncAll(servers, id, inventories.get(id) ?? []);
  }
}

/** @internal Requirements of every kind, known and unknown. */
export function makeRequirements(random: SeededRandom, models: number): string[] {
  return Array.from({ length: 1 + random.below(8) }, () => {
    const number = random.below(Math.ceil(models * 1.1));
    const kinds = [
      madeSha256(number),
      `civitai:1@${1 + Math.floor(number / 2)}`,
      `hf:Acme/m${number % 7}/${number % 50}.safetensors`,
      `hf:acme/m${number % 7}@main/${number % 50}.safetensors`,
      `hf:acme/m${number % 7}/${number % 50}.safetensors@v2`,
      `C:\\apps\\lora\\FLUX1\\model-${number}\\model-${number}.safetensors`,
    ];
    return kinds[random.below(kinds.length)] ?? '';
  });
}

/** @internal What servers lack, told by looking through everything. */
export function missingByHand({ ids, inventories }: MadeFleet, models: readonly string[]): Record<string, string[]> {
  const known = [...inventories.values()].flat();
  return Object.fromEntries(
    ids.map((id) => {
      const whole = (inventories.get(id) ?? []).filter(({ corrupt }) => corrupt !== true);
      return [id, models.filter((model) => !whole.some((item) => isMeant(model, item, known)))];
    }),
  );
}

function isMeant(model: string, item: InventoryItem, known: readonly InventoryItem[]): boolean {
  if (/^[0-9a-f]{64}$/.test(model)) return item.sha256 === model;
  if (model.startsWith('civitai:')) return item.civitaiVersionId === Number(model.split('@')[1]);
  if (model.startsWith('C:')) return model.endsWith(item.path.split('/').at(-1) ?? '') && known.length > 0;
  const [source] = item.sources ?? [];
  const revision = /@(main|v2)/.exec(model)?.[1];
  const plain = model.replace(/@(main|v2)/, '').toLowerCase();
  return `hf:${source?.repo}/${source?.path}` === plain && (revision === undefined || source?.revision === revision);
}
