import { ModelkeepError } from '@modelkeep/core';

/** For engines. @throws `core.invalid-argument` */
export function refuse(argument: string, found: unknown, hint: string): never {
  throw new ModelkeepError('core.invalid-argument', {
    message: `${argument} is not allowed: ${hint}`,
    facts: { argument, found: typeof found === 'string' ? found.slice(0, 200) : found },
    hint,
  });
}

/** @internal Text that may be stored: bounded, and without the one character that Postgres refuses. */
export function checkText(argument: string, text: unknown, maxChars: number): string {
  if (typeof text === 'string' && text.length <= maxChars && !text.includes('\0')) return text;
  return refuse(argument, text, `use at most ${maxChars} characters, none of them NUL`);
}

/** For engines: As `checkText`; absent and empty become null. */
export function checkOptionalText(argument: string, text: unknown, maxChars: number): string | null {
  return text === undefined || text === null || text === '' ? null : checkText(argument, text, maxChars);
}

/** For engines: A whole number from `least` on. */
export function checkCount(argument: string, value: unknown, least = 0): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  return refuse(argument, value, `use a whole number from ${least}`);
}
