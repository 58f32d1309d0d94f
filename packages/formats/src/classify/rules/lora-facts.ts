import type { Rule } from '../rule.ts';

/** @internal What an adapter's rule concludes where it knows no more than the family. */
export function loraOf(family: string | null): Rule['facts'] {
  return { type: 'lora', family };
}
