import { isModelkeepError, isSha256, ModelkeepError } from '@modelkeep/core';
import type { Servers } from '@modelkeep/fleet';
import type { DownloadPlan } from '../acquire/download-plan.ts';
import type { PlanDownloadOptions } from '../acquire/plan-download.ts';

/** @internal */
export interface PeerContext {
  readonly servers: Servers;
  readonly ownId: string;
  readonly planDownload: (reference: string, options: PlanDownloadOptions) => Promise<DownloadPlan>;
}

/**
 * @internal Plans the download of a content from the servers that have it, the least busy first: the others are its mirrors.
 *
 * @throws `fleet.not-found` where no server that can be reached has it, `workflows.waiting-for-user` where it wants a secret
 */
export async function planPeerDownload(
  { servers, ownId, planDownload }: PeerContext,
  sha256: string,
  signal?: AbortSignal,
): Promise<DownloadPlan> {
  const query = { by: 'sha256', sha256 } as const;
  const { servers: known, contents } = await servers.availability([query], { signal });
  const holders = (contents[0]?.holders ?? []).flatMap((place) => known[place] ?? []);
  const peers = holders
    .filter(({ id, silent }) => id !== ownId && !silent)
    .toSorted((one, other) => one.load.running + one.load.queued - (other.load.running + other.load.queued));
  const [first, ...mirrors] = peers.flatMap(({ endpoint }) => (endpoint === null ? [] : [addressOf(endpoint, sha256)]));
  if (first === undefined || !isSha256(sha256)) {
    throw new ModelkeepError('fleet.not-found', {
      message: `no server that is heard of and has an endpoint has ${sha256}`,
      facts: { topic: 'contents', key: sha256 },
      hint: 'download it from its source',
    });
  }
  try {
    return await planDownload(first, { sha256, mirrors, signal });
  } catch (error) {
    throw refusedBy(first, error) ?? error;
  }
}

/** A secret that is missing is for a person to give. */
function refusedBy(address: string, error: unknown): ModelkeepError | null {
  if (!isModelkeepError(error, 'network.status') || ![401, 403].includes(error.facts.status)) return null;
  const { origin } = new URL(address);
  const reason = error.facts.status === 401 ? 'token' : 'gate';
  return new ModelkeepError('workflows.waiting-for-user', {
    message: reason === 'token' ? `${origin} wants a secret, or another one` : `${origin} refuses this server`,
    facts: { reason, url: origin },
    hint: `keep the secret between servers by library.tokens.set('${origin}', …), and see what the other one lets in`,
    cause: error,
  });
}

function addressOf(endpoint: string, sha256: string): string {
  return `${endpoint.replace(/\/$/, '')}/blobs/${sha256}`;
}
