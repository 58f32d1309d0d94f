import type { HttpHeaders } from '@modelkeep/core';

/** A length says something only where nothing else frames the body (RFC 9112, 6.3). */
export function bodyBytes(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding === undefined && typeof length === 'string' && /^\d{1,15}$/u.test(length)
    ? Number(length)
    : undefined;
}

/** Names in lower case, values joined. */
export function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): HttpHeaders {
  const plain = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
