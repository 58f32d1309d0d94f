/** A value of a model card's front matter, which is whatever its author wrote, as a list of texts. */
export function cardTexts(cardData: unknown, field: string): readonly string[] {
  if (typeof cardData !== 'object' || cardData === null || !Object.hasOwn(cardData, field)) return [];
  const value = (cardData as Readonly<Record<string, unknown>>)[field];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === 'string').filter((text) => text !== '');
}

/**
 * The licence of a repo: `license` of the card, `license_name` where that says no more than `other`, else the tag
 * `license:…`.
 */
export function licenceOf(cardData: unknown, tags: readonly string[]): string | null {
  const named = cardTexts(cardData, 'license');
  const own = cardTexts(cardData, 'license_name');
  if (named.length === 1 && named[0] === 'other' && own[0] !== undefined) return own[0];
  if (named.length > 0) return named.join(', ');
  return tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null;
}
