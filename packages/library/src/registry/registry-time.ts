/**
 * @internal A time as registries write it (ISO 8601, `2026-01-02 10:00:00` in UTC, seconds or milliseconds since 1970) in
 * ISO 8601; null for anything else.
 */
export function registryTime(value: string | number | null): string | null {
  if (value === null) return null;
  const ms = typeof value === 'number' ? (value < 1e11 ? value * 1_000 : value) : Date.parse(inUtc(value));
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 || date.getUTCFullYear() > 9_999
    ? null
    : date.toISOString();
}

function inUtc(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/u.exec(text.trim());
  return match === null ? text : `${match[1] ?? ''}T${match[2] ?? ''}Z`;
}
