import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@modelkeep/core';

/** A file of a repo on the CDN. */
interface SignedObject {
  readonly repoObjectId: string;
  readonly xetHash: string;
  /** The file's own name, without folders. */
  readonly name: string;
}

/** What the signature of a URL proves. */
type SignatureCheck =
  | { readonly state: 'valid'; readonly repoObjectId: string; readonly xetHash: string }
  | { readonly state: 'invalid' | 'expired' };

/** Makes and checks the time-limited URLs of the CDN. */
export interface UrlSigner {
  /** The path and query; the name of the file is in the query. */
  sign(object: SignedObject): string;
  check(path: string, query: URLSearchParams): SignatureCheck;
}

const OBJECT_PATH = /^\/xet-bridge-us\/([0-9a-f]{24})\/([0-9a-f]{64})$/;

/** Makes a signer with a key of its own. */
export function createUrlSigner(options: { readonly validSeconds: number; readonly clock: Clock }): UrlSigner {
  const key = randomBytes(32);
  const signature = (path: string, expires: string): Buffer =>
    createHmac('sha256', key).update(`${path}\n${expires}`).digest();
  return {
    sign({ name, repoObjectId, xetHash }) {
      const path = `/xet-bridge-us/${repoObjectId}/${xetHash}`;
      const expires = String(Math.floor(options.clock.now() / 1000) + options.validSeconds);
      const encodedName = encodeURIComponent(name.toWellFormed());
      const query = new URLSearchParams({
        'X-Xet-Cas-Uid': 'public',
        'response-content-disposition': `inline; filename*=UTF-8''${encodedName}; filename="${encodedName}";`,
        Expires: expires,
        Signature: signature(path, expires).toString('hex'),
        'Key-Pair-Id': 'LOCALHUB',
      });
      return `${path}?${query.toString()}`;
    },
    check(path, query) {
      const [, repoObjectId, xetHash] = OBJECT_PATH.exec(path) ?? [];
      const expires = query.get('Expires') ?? '';
      const given = Buffer.from(query.get('Signature') ?? '', 'hex');
      const expected = signature(path, expires);
      if (repoObjectId === undefined || xetHash === undefined) return { state: 'invalid' };
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { state: 'invalid' };
      if (Number(expires) * 1000 <= options.clock.now()) return { state: 'expired' };
      return { state: 'valid', repoObjectId, xetHash };
    },
  };
}
