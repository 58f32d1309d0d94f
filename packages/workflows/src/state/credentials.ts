import type { TokenValues } from '@modelkeep/fleet';

/** A token as the caller of a library gives it: null sends none, whatever is known. */
export type GivenToken = string | (() => string | undefined) | null | undefined;

/** @internal What was given, by the origin it is for. */
export interface CredentialsOptions {
  readonly given: readonly { readonly origin: string; readonly token: GivenToken }[];
  readonly stored: TokenValues | undefined;
}

/** @internal What is sent to an origin: what was given for it, else the token that is kept for exactly this origin. */
export function credentialsOf({ given, stored }: CredentialsOptions): (origin: string) => string | undefined {
  return (origin) => {
    const now = tokenNow(given.find((one) => one.origin === origin)?.token);
    const value = now === undefined ? stored?.valueFor(origin) : now;
    return value === undefined || value === null ? undefined : `Bearer ${value}`;
  };
}

/** @internal What was given; null: nothing is to be sent; undefined: what is kept is. */
export function tokenNow(given: GivenToken): string | null | undefined {
  const token = typeof given === 'function' ? given() : given;
  return token === '' ? undefined : token;
}
