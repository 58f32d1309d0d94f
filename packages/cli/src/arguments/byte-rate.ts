const FACTORS = { '': 1, k: 1e3, m: 1e6, g: 1e9 } as const;

/** @internal Bytes a second as people write them: `500k`, `1.5M`, `20000000`, in powers of 1000. Null: not a rate. */
export function readByteRate(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?)([kmg]?)$/iu.exec(text) ?? [];
  if (digits === undefined) return null;
  const bytesPerSecond = Math.round(Number(digits) * FACTORS[unit.toLowerCase() as keyof typeof FACTORS]);
  return bytesPerSecond > 0 ? bytesPerSecond : null;
}
