import type { RowToMatch } from './match-rows.ts';
import type { OpenRegistry } from './open-registry.ts';
import { countUnusableAliases, readRows } from './read-rows.ts';
import type { RegistryNotes } from './registry-notes.ts';
import { placesOnDisk, type PlacesOptions } from './row-places.ts';

/** @internal The usable rows of a registry; what cannot be used is noted. @throws `workflows.unreadable-source` */
export async function rowsToMatch(
  registry: OpenRegistry,
  { notes, fileSystem, base, signal }: PlacesOptions & { readonly notes: RegistryNotes },
): Promise<RowToMatch[]> {
  const rows: RowToMatch[] = [];
  for await (const page of readRows(registry, signal)) {
    for (const { key, problems } of page) for (const problem of problems) notes.problem({ row: key, ...problem });
    const usable = page.flatMap(({ key, row }) => (row === null ? [] : [{ ...row, key }]));
    const places = await placesOnDisk(usable, { fileSystem, base, signal });
    for (const [position, row] of usable.entries()) {
      const { key, id, name, local_path, hash_sha256, hash_autov2 } = row;
      rows.push({ key, id, name, local_path, hash_sha256, hash_autov2, place: places[position] ?? null });
    }
  }
  const unusable = await countUnusableAliases(registry, signal);
  if (unusable > 0) notes.problem({ row: null, field: null, reason: `${unusable} aliases are none, or of no model` });
  return rows;
}
