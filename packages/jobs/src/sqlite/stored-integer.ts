/** Beyond any real one, and small enough for a time or a cursor. */
const LIMIT = 999_999_999_999_999;

/** @internal A column of whole numbers as it can be read: one that a damaged file puts beyond 2^53 fails the whole statement. */
export function storedInteger(column: string): string {
  return `min(max(${column}, -${LIMIT}), ${LIMIT}) as ${column}`;
}
