import { randomBytes } from 'node:crypto';

/** @internal 16 hex that nobody else has. */
export function randomName(): string {
  return randomBytes(8).toString('hex');
}

/** @internal Whether a name is another one with a dot and a {@link randomName}. */
export function isBeside(name: string, stem: string): boolean {
  return name.startsWith(`${stem}.`) && /^[0-9a-f]{16}$/.test(name.slice(stem.length + 1));
}
