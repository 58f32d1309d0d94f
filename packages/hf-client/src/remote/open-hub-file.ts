import { systemClock } from '@modelkeep/core';
import type { OpenFileOptions } from '../client/hub-client.ts';
import type { HubContext } from '../client/hub-context.ts';
import { hubError } from '../errors/hub-error.ts';
import { resolveUrl } from '../urls/hub-urls.ts';
import { readRemoteFile } from './read-remote-file.ts';
import type { RemoteFile } from './remote-file.ts';

/** Opens `/{id}/resolve/{rev}/{path}`. */
export async function openHubFile(
  { http, endpoint }: HubContext,
  options: OpenFileOptions & { readonly repo: string; readonly path: string },
): Promise<RemoteFile> {
  const { repo, repoType, revision, path, signal, ...limits } = options;
  const url = resolveUrl(endpoint, { repo, repoType, revision, path });
  const failureOf = (answer: Parameters<typeof hubError>[0]): ReturnType<typeof hubError> =>
    hubError(answer, { endpoint, repo, repoType, revision, path });
  return readRemoteFile({ http, url, endpointClass: 'resolve', failureOf }, { limits, clock: systemClock, signal });
}
