import type { InventoryItem } from '@modelkeep/fleet';
import { registryTime, type LibraryStore, type RegistryEntry } from '@modelkeep/library';
import { isMatched, matchRows } from './match-rows.ts';
import type { OpenRegistry } from './open-registry.ts';
import { countUnusableAvailability, readAvailability } from './read-availability.ts';
import { readEntries, readRows } from './read-rows.ts';
import type { RegistryProblem } from './registry-report.ts';

/** @internal That a server has a file, and when that was last seen. */
export interface SeenItem {
  readonly item: InventoryItem;
  /** ISO 8601. */
  readonly seenAt: string | null;
}

/** @internal What goes with {@link inventoryOfRows}. */
export interface InventoryOfRowsOptions {
  readonly note: (problem: RegistryProblem) => void;
  readonly signal: AbortSignal | undefined;
}

const LONGEST_PATH = 1_024;
const MOST_ALIASES = 32;

/**
 * @internal What each server has, as a registry says: of models that this library has with their size, of others with the one
 * that Civitai told, where that is exact.
 */
export async function inventoryOfRows(
  store: LibraryStore,
  registry: OpenRegistry,
  { note, signal }: InventoryOfRowsOptions,
): Promise<ReadonlyMap<string, SeenItem[]>> {
  const inventory = new Map<string, SeenItem[]>();
  for await (const page of readRows(registry, signal)) {
    const rows = page.flatMap(({ key, row }) => (row === null ? [] : [{ ...row, key, place: null }]));
    const seen = Map.groupBy(
      await readAvailability(
        registry,
        rows.map(({ id }) => id),
        signal,
      ),
      ({ modelId }) => modelId,
    );
    const wanted = rows.filter(({ id }) => seen.has(id));
    if (wanted.length === 0) continue;
    const keys = wanted.map(({ key }) => key);
    const entries = await readEntries(registry, keys, signal);
    const matches = await matchRows(store, wanted, signal);
    for (const [position, { key, id }] of wanted.entries()) {
      const entry = entries.get(key);
      const match = matches[position];
      if (entry === undefined) continue;
      const content = await contentOf(store, entry, isMatched(match) ? match.modelId : null);
      if (content === null) {
        note({ row: key, field: null, reason: 'nobody knows the hash and the size of what servers have of it' });
        continue;
      }
      for (const { serverId, lastSeen } of seen.get(id) ?? []) {
        const items = inventory.get(serverId) ?? [];
        items.push({ item: itemOf(entry, content), seenAt: registryTime(lastSeen) });
        inventory.set(serverId, items);
      }
    }
  }
  const unusable = await countUnusableAvailability(registry, signal);
  if (unusable > 0) note({ row: null, field: null, reason: `${unusable} rows of servers are none, or of no model` });
  return inventory;
}

type Content = Pick<InventoryItem, 'sha256' | 'sizeBytes'>;

async function contentOf(store: LibraryStore, { row }: RegistryEntry, modelId: string | null): Promise<Content | null> {
  const claimed = row.hash_sha256?.toLowerCase() ?? null;
  if (modelId !== null) {
    const { files } = await store.resolve(modelId);
    const weights = files.filter(({ role }) => role === 'weights');
    const file = weights.find(({ sha256 }) => sha256 === claimed) ?? (weights.length === 1 ? weights[0] : undefined);
    if (file !== undefined) return { sha256: file.sha256, sizeBytes: file.sizeBytes };
  }
  const sizeBytes = typeof row.civitai_file_size_kb === 'number' ? row.civitai_file_size_kb * 1_024 : Number.NaN;
  return claimed === null || !Number.isSafeInteger(sizeBytes) || sizeBytes <= 0 ? null : { sha256: claimed, sizeBytes };
}

function itemOf({ row, aliases }: RegistryEntry, content: Content): InventoryItem {
  const paths = [row.local_path, row.filename, row.name].filter((path) => path !== null && path.length <= LONGEST_PATH);
  const version = row.civitai_version_id;
  return {
    ...content,
    path: paths[0] ?? content.sha256,
    name: row.name.length <= 256 ? row.name : null,
    type: row.type === 'lora' ? row.type : null,
    civitaiVersionId: typeof version === 'number' && version > 0 ? version : null,
    aliases: aliases.filter((alias) => alias.length <= LONGEST_PATH).slice(0, MOST_ALIASES),
  };
}
