import type { AvailableContent, Availability } from '../content.ts';
import type { Server } from '../server.ts';
import type { CopyPlan, GovernedContent, PlannedCopy, UnmetCopies } from './copy-plan.ts';

/**
 * Says which server should get which model. Pure: the same look gives the same plan, and a plan that was carried out leaves
 * nothing to do. Copies of servers that are silent do not count; room that a server does not tell of is taken to be there.
 *
 * @param availability - of the contents that are governed, by hash
 */
export function planCopies(governed: readonly GovernedContent[], availability: Availability): CopyPlan {
  const contents = new Map(availability.contents.map((content) => [content.sha256, content]));
  const room = new Map(availability.servers.map(({ id, capacity }) => [id, capacity.freeBytes]));
  const copies: PlannedCopy[] = [];
  const unmet: UnmetCopies[] = [];
  for (const one of governed.toSorted((first, second) => (first.sha256 < second.sha256 ? -1 : 1))) {
    if (one.policy.mode === 'never') continue;
    const content = contents.get(one.sha256);
    if (content === undefined) {
      unmet.push({ sha256: one.sha256, reason: 'unknown', missingCopies: wantedCopies(one) });
      continue;
    }
    planOne(one, { content, servers: availability.servers, room, copies, unmet });
  }
  return { copies, unmet };
}

interface Planning {
  readonly content: AvailableContent;
  readonly servers: readonly Server[];
  /** Free bytes as the plan goes on; null: not known. */
  readonly room: Map<string, number | null>;
  readonly copies: PlannedCopy[];
  readonly unmet: UnmetCopies[];
}

function planOne(one: GovernedContent, planning: Planning): void {
  const { content, servers, unmet } = planning;
  const { sha256 } = content;
  const has = new Set(content.holders.map((place) => servers[place]?.id));
  const there = servers.filter(({ silent }) => !silent);
  const needs = new Set(one.neededOn);
  const asking = there.filter(({ id }) => needs.has(id) && !has.has(id));
  let full = 0;
  let added = 0;
  for (const server of asking) {
    if (!fits(server, planning)) full += 1;
    else {
      add(server, planning, { ask: one.policy.mode === 'ask', because: 'a job there needs it' });
      added += 1;
    }
  }
  const holders = there.filter(({ id }) => has.has(id)).length;
  const wanted = wantedCopies(one) - holders - added;
  const candidates = there
    .filter(({ id }) => !has.has(id) && !asking.some((server) => server.id === id))
    .toSorted((first, second) => byRoomAndLoad(first, second, planning));
  const chosen = candidates.filter((server) => fits(server, planning)).slice(0, Math.max(0, wanted));
  const because = `${holders + added} of ${wantedCopies(one)} copies are there`;
  for (const server of chosen) add(server, planning, { ask: false, because });
  const missingCopies = Math.max(0, wanted - chosen.length) + full;
  if (missingCopies === 0) return;
  const isFull = full > 0 || candidates.length > chosen.length;
  unmet.push({ sha256, reason: isFull ? 'no-room' : 'no-server', missingCopies });
}

function wantedCopies({ policy }: GovernedContent): number {
  return policy.mode === 'keep' ? (policy.copies ?? 1) : 0;
}

function fits({ id }: Server, { room, content }: Planning): boolean {
  const free = room.get(id) ?? null;
  return free === null || free >= content.sizeBytes;
}

function add(
  to: Server,
  { room, content, copies, servers }: Planning,
  why: Pick<PlannedCopy, 'ask' | 'because'>,
): void {
  const { sha256, sizeBytes } = content;
  const free = room.get(to.id) ?? null;
  if (free !== null) room.set(to.id, free - sizeBytes);
  const from = content.holders
    .flatMap((place) => servers[place] ?? [])
    .filter(({ silent }) => !silent)
    .toSorted((one, other) => loadOf(one) - loadOf(other) || (one.id < other.id ? -1 : 1))
    .flatMap(({ id, endpoint }) => (endpoint === null ? [] : [{ serverId: id, endpoint }]));
  copies.push({ sha256, sizeBytes, to: to.id, from, ...why });
}

/** The most room first: of servers that do not tell, the least busy one. */
function byRoomAndLoad(one: Server, other: Server, { room }: Planning): number {
  const [left, right] = [room.get(one.id) ?? -1, room.get(other.id) ?? -1];
  return right - left || loadOf(one) - loadOf(other) || (one.id < other.id ? -1 : 1);
}

function loadOf({ load, capacity }: Server): number {
  return (load.running + load.queued) / (capacity.slots ?? 1);
}
