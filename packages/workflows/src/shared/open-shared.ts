import type { Clock, Logger } from '@modelkeep/core';
import type { OpenedState, Servers } from '@modelkeep/fleet';
import type { JobStore } from '@modelkeep/jobs';

/** Who opens what machines share. */
export interface SharedContext {
  /** Of the library that is opened. */
  readonly libraryId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What several machines share, in place of what the processes of one machine do. All of it ends with the state. */
export interface SharedEngine extends OpenedState {
  readonly servers: Servers;
  readonly jobs: JobStore;
}

/** Opens it, for one library. */
export type OpenShared = (context: SharedContext) => Promise<SharedEngine>;
