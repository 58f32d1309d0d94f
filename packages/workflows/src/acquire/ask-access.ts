import { isModelkeepError, type WaitingForUser } from '@modelkeep/core';
import type { HubClient } from '@modelkeep/hf-client';

/** @internal One file of a hub that somebody wants. */
export interface WantedAccess {
  readonly repo: string;
  /** A commit. */
  readonly revision: string;
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @internal Asks the hub, with the token of now, whether a file may be had.
 *
 * @returns null when it may, else what a person has to do first
 * @throws `hub.*`, `network.*`
 */
export async function askAccess(
  hub: HubClient,
  { repo, path, ...options }: WantedAccess,
): Promise<WaitingForUser | null> {
  try {
    await hub.resolveFile(repo, path, options);
    return null;
  } catch (error) {
    if (isModelkeepError(error, 'hub.gated')) {
      return { reason: error.facts.authenticated ? 'gate' : 'token', url: error.facts.acceptUrl };
    }
    if (isModelkeepError(error, 'hub.unauthorised')) return { reason: 'token', url: `${hub.endpoint}/settings/tokens` };
    throw error;
  }
}
