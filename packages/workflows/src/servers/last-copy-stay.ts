import { isModelkeepError, type ModelRecord } from '@modelkeep/core';
import type { Servers } from '@modelkeep/fleet';
import type { Stay } from '@modelkeep/library';

/** @internal Who is asked whether another server has a model. */
export interface FleetOfLibrary {
  readonly servers: Servers;
  readonly ownId: string;
  /** Whether there may be other servers at all. */
  readonly isInUse: () => Promise<boolean>;
}

/** @internal Why a model stays whose weights no other server has, as far as is known. Changes nothing. */
export async function lastCopyStay(
  fleet: FleetOfLibrary,
  model: ModelRecord,
  signal?: AbortSignal,
): Promise<Stay | null> {
  if (!(await hasOthers(fleet, signal))) return null;
  const hashes = weightsOf(model);
  const queries = hashes.map((sha256) => ({ by: 'sha256', sha256 }) as const);
  const { servers, contents, meant } = await fleet.servers.availability(queries, { signal });
  const isElsewhere = meant.every((places) =>
    places.some((place) =>
      contents[place]?.holders.some((holder) => {
        const server = servers[holder];
        return server !== undefined && server.id !== fleet.ownId && !server.silent;
      }),
    ),
  );
  return isElsewhere ? null : lastCopy;
}

/** @internal The same at the last moment: from then on the others know that it is gone from here. */
export async function giveUpCopy(
  fleet: FleetOfLibrary,
  model: ModelRecord,
  signal?: AbortSignal,
): Promise<Stay | null> {
  if (!(await hasOthers(fleet, signal))) return null;
  try {
    return (await fleet.servers.giveUp(fleet.ownId, weightsOf(model), { signal })) ? null : lastCopy;
  } catch (error) {
    if (!isModelkeepError(error, 'fleet.not-found')) throw error;
    // This library was never told of: nobody relies on it, and nobody is asked to.
    return lastCopyStay(fleet, model, signal);
  }
}

const lastCopy: Stay = { why: 'last-copy', detail: 'no other server that is heard of has it' };

async function hasOthers({ servers, ownId, isInUse }: FleetOfLibrary, signal?: AbortSignal): Promise<boolean> {
  return (await isInUse()) && (await servers.list({ signal })).some(({ id }) => id !== ownId);
}

function weightsOf({ files }: ModelRecord): string[] {
  return [...new Set(files.filter(({ role }) => role === 'weights').map(({ sha256 }) => sha256))];
}
