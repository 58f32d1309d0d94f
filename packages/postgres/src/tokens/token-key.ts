import { createHash, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ModelkeepError } from '@modelkeep/core';

const KEY_BYTES = 32;
const SHORTEST_PASSPHRASE = 16;
const derive = promisify<string, string, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** @internal A key that seals tokens, and a name for it that tells nothing of it. */
export interface TokenKey {
  readonly bytes: Buffer;
  readonly id: string;
}

/**
 * @internal The key that a caller gives: 32 bytes as they are, a passphrase by scrypt with the salt of the schema.
 *
 * @throws `core.invalid-argument`, which never quotes it
 */
export async function readTokenKey(given: Uint8Array | string, salt: string): Promise<TokenKey> {
  if (typeof given !== 'string') {
    const bytes = Buffer.from(given);
    if (bytes.length !== KEY_BYTES) throw refused(`a key has ${KEY_BYTES} bytes, this one ${bytes.length}`);
    if (timingSafeEqual(bytes, Buffer.alloc(KEY_BYTES))) throw refused('a key of zeros is none');
    return named(bytes);
  }
  if (given.length < SHORTEST_PASSPHRASE) throw refused(`a passphrase has ${SHORTEST_PASSPHRASE} characters or more`);
  return named(await derive(given.normalize('NFC'), salt, KEY_BYTES, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 }));
}

function named(bytes: Buffer): TokenKey {
  return { bytes, id: createHash('sha256').update('modelkeep token key').update(bytes).digest('hex').slice(0, 16) };
}

function refused(message: string): ModelkeepError {
  return new ModelkeepError('core.invalid-argument', {
    message,
    facts: { argument: 'tokenKey' },
    hint: 'give 32 random bytes (openssl rand -base64 32), or a passphrase of 16 characters or more',
  });
}
