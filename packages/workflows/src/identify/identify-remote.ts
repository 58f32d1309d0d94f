import { ModelkeepError, type ByteSource } from '@modelkeep/core';
import type { Identification, IdentifyOptions } from '@modelkeep/formats';
import { openRemoteFile, parseReference, type HubClient } from '@modelkeep/hf-client';
import type { HttpClient } from '@modelkeep/network';
import { openWeights, type OpenedWeights } from './open-weights.ts';
import type { IdentifyRemoteOptions, RemoteIdentification } from './remote-identification.ts';

/** What {@link identifyRemote} works with. */
export interface IdentifyRemoteContext {
  readonly http: HttpClient;
  readonly hub: HubClient;
  readonly identify: (sources: readonly ByteSource[], options: IdentifyOptions) => Promise<Identification>;
}

/**
 * Tells what a model is before it is downloaded, from the headers of its weights alone.
 *
 * @throws `hub.*`, `network.*`, `formats.*`; `workflows.invalid-reference` for what is neither on the hub nor a URL;
 * `library.nothing-to-import` where there are no weights; `signal.reason`
 */
export async function identifyRemote(
  context: IdentifyRemoteContext,
  text: string,
  options: IdentifyRemoteOptions = {},
): Promise<RemoteIdentification> {
  const { opened, sets } = await openReferenced(context, text, options);
  try {
    const files = opened.map(({ file }) => file);
    const paths = opened.map(({ path, file }) => path ?? new URL(file.url).pathname);
    const identification = await context.identify(files, { paths, signal: options.signal });
    return {
      ...identification,
      commit: files[0]?.commit ?? null,
      files: opened.map(({ path, file }) => ({ path, sizeBytes: file.sizeBytes, sha256: file.sha256 })),
      sets,
      bytesFetched: files.reduce((sum, { bytesFetched }) => sum + bytesFetched, 0),
    };
  } finally {
    for (const { file } of opened) await file.close();
  }
}

async function openReferenced(
  { http, hub }: IdentifyRemoteContext,
  text: string,
  options: IdentifyRemoteOptions,
): Promise<OpenedWeights> {
  const reference = parseReference(text, { endpoint: hub.endpoint });
  if (reference.provider === 'hf') return openWeights(hub, reference, options);
  if (reference.provider === 'civitai') throw notRead(text.trim());
  const file = await openRemoteFile({ http, url: reference.url, signal: options.signal });
  return { opened: [{ path: null, file }], sets: [] };
}

function notRead(reference: string): ModelkeepError<'workflows.invalid-reference'> {
  const reason = 'it names a model of Civitai, whose files are not found by its number here';
  return new ModelkeepError('workflows.invalid-reference', {
    message: `${JSON.stringify(reference)}: ${reason}`,
    facts: { reference, reason },
    hint: 'name a repo of the hub such as hf:org/name, or the https URL of a file',
  });
}
