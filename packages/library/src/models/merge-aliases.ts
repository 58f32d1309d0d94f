const MAX_ALIASES = 1_000;

/** @internal The aliases of both, in the order of their letters: it does not matter which came first. */
export function mergeAliases(
  present: readonly string[] | undefined,
  added: readonly string[] | undefined,
): readonly string[] | undefined {
  const known = new Set(present);
  const fresh = (added ?? []).filter((alias) => !known.has(alias));
  return fresh.length === 0 ? present : [...known, ...new Set(fresh)].toSorted().slice(0, MAX_ALIASES);
}
