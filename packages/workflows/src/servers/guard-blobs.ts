import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { ModelkeepError } from '@modelkeep/core';

/** Who may fetch what a library has. What is given has to hold; where nothing is, only this machine may ask. */
export interface AnswerBlobsOptions {
  /**
   * What other servers have to send (`authorization: Bearer …`), 16 characters or more; of several each will do, so that one can
   * be changed while the others still send the old one. They keep it by `library.tokens.set(<origin of this server>, secret)`.
   * @default nothing
   */
  readonly secret?: string | readonly string[] | undefined;
  /**
   * Decides by anything else: a client certificate, an address, a token of your own. False is answered with 403, and what
   * throws with 500. @default nobody is asked
   */
  readonly authorize?: ((request: IncomingMessage) => boolean | Promise<boolean>) | undefined;
}

/** @internal Why a request is refused; null: it may have what it asks for. */
export type BlobGuard = (request: IncomingMessage) => Promise<BlobRefusal | null>;

/** @internal */
export interface BlobRefusal {
  readonly status: 401 | 403;
  readonly error: ModelkeepError<'workflows.peer-refused'>;
}

const unauthorised = refusal(401, 'the secret between servers is missing or wrong');
const forbidden = refusal(403, 'whoever asks may not have it');
const unguarded = refusal(
  403,
  'without a guard only this machine is answered',
  'give answerBlobs a secret, or authorize: () => true where only servers can reach it',
);

const LEAST_CHARACTERS = 16;
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** @internal @throws `core.invalid-argument` for a secret that can be guessed, or not be sent */
export function guardBlobs({ secret, authorize }: AnswerBlobsOptions): BlobGuard {
  const digests = secret === undefined ? null : digestsOf(typeof secret === 'string' ? [secret] : secret);
  return async (request) => {
    if (digests === null && authorize === undefined) return isOfThisMachine(request) ? null : unguarded;
    if (digests !== null && !isAnyOf(digests, request.headers.authorization)) return unauthorised;
    return authorize === undefined || (await authorize(request)) ? null : forbidden;
  };
}

function digestsOf(secrets: readonly string[]): readonly Buffer[] {
  if (secrets.length > 0 && secrets.every((one) => one.length >= LEAST_CHARACTERS && /^[\x21-\x7e]+$/.test(one))) {
    return secrets.map((one) => digestOf(one));
  }
  throw new ModelkeepError('core.invalid-argument', {
    message: `a secret between servers is ${LEAST_CHARACTERS} or more printable characters without a space`,
    // What was passed may be one.
    facts: { argument: 'secret' },
    hint: 'make one with: openssl rand -base64 32',
  });
}

/** Of digests, so that neither the length nor the place of a difference can be measured; all of them are compared. */
function isAnyOf(digests: readonly Buffer[], authorization: string | undefined): boolean {
  const [, given = ''] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  const digest = digestOf(given);
  return digests.map((one) => timingSafeEqual(one, digest)).includes(true);
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function isOfThisMachine({ socket: { localAddress } }: IncomingMessage): boolean {
  const version = isIP(localAddress ?? '');
  return version !== 0 && loopback.check(localAddress ?? '', version === 6 ? 'ipv6' : 'ipv4');
}

function refusal(status: 401 | 403, message: string, hint?: string): BlobRefusal {
  return { status, error: new ModelkeepError('workflows.peer-refused', { message, facts: { status }, hint }) };
}
