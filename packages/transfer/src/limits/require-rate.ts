import { ModelkeepError } from '@modelkeep/core';

/** @returns the rate, as it was given: above 0, or null for no limit @throws `core.invalid-argument` */
export function requireRate(bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null || (Number.isFinite(bytesPerSecond) && bytesPerSecond > 0)) return bytesPerSecond;
  throw new ModelkeepError('core.invalid-argument', {
    message: `${bytesPerSecond} is no rate`,
    facts: { argument: 'bytesPerSecond', found: bytesPerSecond },
    hint: 'give a number of bytes a second above 0, or null for no limit',
  });
}
