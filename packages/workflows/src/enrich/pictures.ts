import { ModelkeepError, isModelkeepError, redactUrl } from '@modelkeep/core';
import { MAX_PICTURE_BYTES, pictureKind } from '@modelkeep/formats';
import type { HttpClient } from '@modelkeep/network';

/**
 * @internal Fetches a picture. What it is is told by its bytes and by nothing that the server says.
 *
 * @returns null for what is none: a web page, a video, something above 8 MiB, an address that answers no success
 * @throws `network.*`, `signal.reason`
 */
export async function fetchPicture(http: HttpClient, url: string, signal?: AbortSignal): Promise<Uint8Array | null> {
  const { status, headers, body } = await http.request({
    url,
    headers: { accept: 'image/*' },
    endpointClass: 'cdn',
    signal,
  });
  const isRefused = status !== 200 || Number(headers['content-length'] ?? 0) > MAX_PICTURE_BYTES;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    // Leaving the loop frees the connection.
    if (isRefused || sizeBytes > MAX_PICTURE_BYTES) break;
    chunks.push(Uint8Array.from(chunk));
  }
  if (status === 429 || status >= 500) throw troubled(url, status);
  const bytes = Buffer.concat(chunks);
  return isRefused || sizeBytes > MAX_PICTURE_BYTES || pictureKind(bytes) === null ? null : bytes;
}

function troubled(url: string, status: number): ModelkeepError<'network.status'> {
  const shown = redactUrl(url);
  return new ModelkeepError('network.status', {
    message: `${shown} answered ${status}`,
    facts: { url: shown, status },
  });
}

/** @internal A private address, or no address: asking again changes nothing. */
export function isRefusedAddress(error: unknown): boolean {
  return isModelkeepError(error, 'network.blocked') || isModelkeepError(error, 'core.invalid-argument');
}
