import { isSha1, isSha256, type HttpHeaders } from '@modelkeep/core';

/** What the headers at a resolve URL tell about the content. */
export interface LinkedFacts {
  readonly etag: string | null;
  readonly sha256: string | null;
  readonly gitSha1: string | null;
  readonly xetHash: string | null;
  /** From `X-Linked-Size` only. */
  readonly sizeBytes: number | null;
}

/**
 * Reads the `X-Linked-*` headers. The ETag of a file in LFS is its SHA-256, that of a file in git its git hash; what has
 * neither form is an ETag and no hash.
 */
export function linkedFacts(headers: HttpHeaders): LinkedFacts {
  const etag = plainEtag(headers['x-linked-etag'] ?? headers['etag']);
  const xetHash = headers['x-xet-hash'] ?? null;
  return {
    etag,
    sha256: isSha256(etag) ? etag : null,
    gitSha1: isSha1(etag) ? etag : null,
    xetHash: isSha256(xetHash) ? xetHash : null,
    sizeBytes: headerBytes(headers['x-linked-size']),
  };
}

/** A size from a header, or null for what is no size. */
export function headerBytes(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return null;
  const bytes = Number(text);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

function plainEtag(header: string | undefined): string | null {
  const text = (header ?? '').trim().replace(/^W\//, '');
  const plain = /^"([^"]*)"$/.exec(text)?.[1] ?? text;
  return plain === '' ? null : plain;
}
