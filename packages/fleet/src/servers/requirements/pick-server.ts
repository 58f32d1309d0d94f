import type { RequirementsAnswer, ServerReadiness } from './requirement.ts';

/** A server in the order in which servers suit, and why it stands there. */
export interface RankedServer extends ServerReadiness {
  /** Jobs that run and wait there for each of its slots. */
  readonly loadPerSlot: number;
  /** In the order in which they count. */
  readonly because: readonly string[];
}

/** Where a job should go. Plain data. */
export interface PickedServer {
  /** The first that is heard of and has, or can fetch, everything; null where there is none. */
  readonly picked: RankedServer | null;
  /** All of them, the best first. */
  readonly ranked: readonly RankedServer[];
}

/**
 * Ranks servers: those that are heard of, those that nothing speaks against, those that have everything, those that can
 * get it; then by load, then by the time to fetch, then by id. The same answer always gives the same order.
 */
export function pickServer(answer: Pick<RequirementsAnswer, 'servers'>): PickedServer {
  const ranked = answer.servers.map(rankOf).toSorted(compareRanked);
  const picked = ranked.find(({ server, missing }) => !server.silent && isToBeHad(missing)) ?? null;
  return { picked, ranked };
}

function rankOf(readiness: ServerReadiness): RankedServer {
  const { running, queued } = readiness.server.load;
  const loadPerSlot = (running + queued) / (readiness.server.capacity.slots ?? 1);
  return { ...readiness, loadPerSlot, because: reasonsOf(readiness, loadPerSlot) };
}

function compareRanked(one: RankedServer, other: RankedServer): number {
  return (
    Number(one.server.silent) - Number(other.server.silent) ||
    Number(one.warnings.length > 0) - Number(other.warnings.length > 0) ||
    Number(other.ready) - Number(one.ready) ||
    Number(!isToBeHad(one.missing)) - Number(!isToBeHad(other.missing)) ||
    one.loadPerSlot - other.loadPerSlot ||
    timeOf(one) - timeOf(other) ||
    (one.bytesToFetch ?? Number.MAX_VALUE) - (other.bytesToFetch ?? Number.MAX_VALUE) ||
    (one.server.id < other.server.id ? -1 : 1)
  );
}

/** What nobody knows cannot be fetched; what no server has may still be had from its source. */
function isToBeHad(missing: ServerReadiness['missing']): boolean {
  return missing.every(({ sha256 }) => sha256 !== null);
}

/** A time that is not known counts as longer than any that is. */
function timeOf({ fetchMs }: ServerReadiness): number {
  return fetchMs ?? Number.MAX_VALUE;
}

function reasonsOf(
  { server, ready, missing, bytesToFetch, fetchMs, warnings }: ServerReadiness,
  load: number,
): string[] {
  const lacking =
    `lacks ${missing.length}` +
    (bytesToFetch === null ? ', of unknown size' : `: ${bytesToFetch} bytes`) +
    (fetchMs === null ? '' : `, about ${Math.ceil(fetchMs / 1_000)} s`);
  return [
    ...(server.silent ? [`was last heard of at ${server.seenAt}`] : []),
    ...warnings.map(({ detail }) => detail),
    ready || missing.length === 0 ? 'has everything' : lacking,
    ...missing.filter(({ sha256 }) => sha256 === null).map(({ model }) => `nobody knows ${model}`),
    `${load.toFixed(2)} jobs for each slot`,
  ];
}
