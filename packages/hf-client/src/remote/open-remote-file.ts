import { ModelkeepError, redactUrl, systemClock, type Clock } from '@modelkeep/core';
import type { HttpAnswer, HttpClient } from '@modelkeep/network';
import type { FileAddress } from './located-file.ts';
import { readRemoteFile } from './read-remote-file.ts';
import type { RemoteFile, RemoteFileLimits } from './remote-file.ts';

/** What {@link openRemoteFile} opens. */
export interface OpenRemoteFileOptions extends RemoteFileLimits {
  /** Carries the tokens and stays the caller's to close. */
  readonly http: HttpClient;
  /** Absolute, http or https; redirects are followed. */
  readonly url: string;
  /** For the exact origin of `url` only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Times the waits before a broken answer is asked for again. */
  readonly clock?: Clock | undefined;
  /** Ends the opening. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a file on a server to read parts of it with ranged requests.
 *
 * The first request fetches the beginning and finds the size. Where it was redirected to, later ones go directly, until
 * that URL expires. A file of up to `firstReadBytes` may come whole from a server that serves no parts; of a larger one
 * nothing is read.
 *
 * @throws `hub.no-ranges` for a server that serves no parts, `network.status` for one that answers no success,
 * `network.*`, `core.invalid-argument`
 * @example
 * ```ts
 * import { openRemoteFile } from '@modelkeep/hf-client';
 * import { createHttpClient } from '@modelkeep/network';
 *
 * await using http = createHttpClient();
 * await using file = await openRemoteFile({ http, url: 'https://hub.example/model.safetensors' });
 * const header = await file.read(0, 8);
 * console.log(file.sizeBytes, file.bytesFetched, header);
 * ```
 */
export async function openRemoteFile(options: OpenRemoteFileOptions): Promise<RemoteFile> {
  const { http, url, headers, clock = systemClock, signal, ...limits } = options;
  const address: FileAddress = { http, url, headers, endpointClass: 'cdn', failureOf: statusError };
  return readRemoteFile(address, { limits, clock, signal });
}

function statusError({ url, status }: HttpAnswer): ModelkeepError<'network.status'> {
  const shown = redactUrl(url);
  return new ModelkeepError('network.status', {
    message: `${shown} answered ${status}`,
    facts: { url: shown, status },
    hint: status === 401 || status === 403 ? 'It may want a token, or the URL may have expired.' : undefined,
  });
}
