const DATE = /^\d{4}-\d{2}-\d{2}(?:T\S+)?$/u;
const SPAN = /^(\d{1,4})([hdwmy])$/u;
const HOURS = { h: 1, d: 24, w: 168, m: 730, y: 8_760 } as const;

/** @internal A day or time (`2026-01-31`), or how long ago (`12h`, `30d`, `2w`, `6m`, `1y`), as ISO 8601. Null: neither. */
export function readDate(text: string, nowMs: number): string | null {
  if (DATE.test(text) && Number.isFinite(Date.parse(text))) return new Date(text).toISOString();
  const [, count, unit] = SPAN.exec(text) ?? [];
  if (count === undefined) return null;
  return new Date(nowMs - Number(count) * HOURS[unit as keyof typeof HOURS] * 3_600_000).toISOString();
}
