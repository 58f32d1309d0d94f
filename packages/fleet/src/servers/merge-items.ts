import type { CheckedItem } from './check-inventory.ts';

const MAX_SOURCES = 16;
const MAX_ALIASES = 32;

/** @internal One item of two with the same bytes in different places; the same whichever comes first. */
export function mergeItems(one: CheckedItem, other: CheckedItem): CheckedItem {
  const [first, second] = JSON.stringify(one) <= JSON.stringify(other) ? [one, other] : [other, one];
  // A whole copy is the one that counts.
  const [kept, added] = first.corrupt && !second.corrupt ? [second, first] : [first, second];
  const texts = new Set([...kept.sources, ...added.sources].map((source) => JSON.stringify(source)));
  const aliases = new Set([...kept.aliases, added.path, ...added.aliases]);
  aliases.delete(kept.path);
  return {
    sha256: kept.sha256,
    sizeBytes: kept.sizeBytes,
    path: kept.path,
    corrupt: kept.corrupt,
    name: kept.name ?? added.name,
    type: kept.type ?? added.type,
    family: kept.family ?? added.family,
    baseModel: kept.baseModel ?? added.baseModel,
    precision: kept.precision ?? added.precision,
    civitaiVersionId: kept.civitaiVersionId ?? added.civitaiVersionId,
    sources: [...texts]
      .toSorted()
      .slice(0, MAX_SOURCES)
      .map((text) => JSON.parse(text) as CheckedItem['sources'][number]),
    aliases: [...aliases].toSorted().slice(0, MAX_ALIASES),
  };
}
