import type { Servers } from '@modelkeep/fleet';
import type { FleetOfLibrary } from './last-copy-stay.ts';
import type { ServersOptions } from './library-servers.ts';
import { openOwnServers, type OwnServersOptions } from './open-servers.ts';
import { whenOpened } from './when-opened.ts';

/** @internal What a library knows of servers, and what it is called among them. */
export interface OpenFleet extends FleetOfLibrary {
  close(): Promise<void>;
}

/** @internal Opens nothing yet. */
export function openFleet(context: OwnServersOptions, options: ServersOptions = {}): OpenFleet {
  const own = openOwnServers(context);
  const { store: shared, serverId: ownId = context.store.libraryId } = options;
  const servers: Servers = shared ?? whenOpened(own);
  const isInUse = async (): Promise<boolean> => shared !== undefined || own.isInUse();
  return { servers, ownId, isInUse, close: () => own.close() };
}
