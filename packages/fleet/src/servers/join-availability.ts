import type { Availability, FleetContent } from './content.ts';
import { serverAt, type HeldServer } from './server-of-row.ts';

/** For engines: What a store has read: keys of its own in place of places in lists. */
export interface ReadAvailability {
  readonly servers: readonly HeldServer[];
  readonly contents: readonly {
    readonly content: FleetContent;
    /** Places of the queries that mean it. */
    readonly meant: readonly number[];
    /** Keys of the servers that have it. */
    readonly holders: readonly number[];
  }[];
  readonly queries: number;
  readonly nowMs: number;
}

/** For engines. */
export function joinAvailability({ servers, contents, queries, nowMs }: ReadAvailability): Availability {
  const placeOf = new Map(servers.map(({ key }, place) => [key, place]));
  const meant: number[][] = Array.from({ length: queries }, () => []);
  for (const [place, content] of contents.entries()) for (const query of content.meant) meant[query]?.push(place);
  return {
    servers: servers.map((server) => serverAt(server, nowMs)),
    contents: contents.map(({ content, holders }) => ({ ...content, holders: placesOf(holders, placeOf) })),
    meant,
  };
}

/** A server that was removed between two reads is left out. */
function placesOf(keys: readonly number[], placeOf: ReadonlyMap<number, number>): number[] {
  const places: number[] = [];
  for (const key of keys) {
    const place = placeOf.get(key);
    if (place !== undefined) places.push(place);
  }
  return places;
}
