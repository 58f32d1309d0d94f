const FACTORS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** @internal Milliseconds of what people write as `30s`, `15m`, `1.5h` or `7d`. Null: not a duration. */
export function readDuration(text: string): number | null {
  const [, digits, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([smhd])$/iu.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return null;
  const durationMs = Math.round(Number(digits) * FACTORS[unit.toLowerCase() as keyof typeof FACTORS]);
  return durationMs > 0 ? durationMs : null;
}
