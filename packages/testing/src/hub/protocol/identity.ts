import { refuse } from './refusal.ts';

/** Who sends a request: a token, or `null` for anybody. */
export type Identity = string | null;

/** Which tokens exist: all that are sent, or these. */
export type KnownTokens = 'any' | readonly string[];

/**
 * Reads the Authorization header. A token may have any shape; a header that is not `Bearer <token>` and a
 * token that does not exist are answered with 401 on every endpoint, for public repos too.
 */
export function identify(authorization: string | undefined, isKnown: (token: string) => boolean): Identity {
  if (authorization === undefined) return null;
  const token = /^bearer +(\S.*)$/i.exec(authorization)?.[1]?.trim();
  if (token === undefined || !isKnown(token)) {
    refuse(401, { message: 'Invalid credentials in Authorization header' });
  }
  return token;
}
