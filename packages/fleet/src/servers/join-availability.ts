import type { Availability, FleetContent } from './content.ts';
import { serverOfRow, type ServerRow } from './server-of-row.ts';

/** For engines: What a store has read: keys of its own in place of places in lists. */
export interface ReadAvailability {
  readonly servers: readonly ServerRow[];
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
    servers: servers.map((row) => serverOfRow(row, nowMs)),
    // A server that was removed between two reads is left out.
    contents: contents.map(({ content, holders }) => {
      return { ...content, holders: holders.flatMap((key) => placeOf.get(key) ?? []) };
    }),
    meant,
  };
}
