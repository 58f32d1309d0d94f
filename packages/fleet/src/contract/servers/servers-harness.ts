import type { Clock } from '@modelkeep/core';
import type { Servers } from '../../servers/servers-port.ts';

/** An engine that the contract of `Servers` is tried on. */
export interface ServersHarness {
  /** Opens an empty store that is this case's own: the same one each time, each time as another process would. */
  readonly open: (options?: { readonly clock?: Clock | undefined }) => Promise<Servers>;
}
