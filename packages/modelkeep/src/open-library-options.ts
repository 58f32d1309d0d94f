import type { Clock, HttpTransport, Logger } from '@modelkeep/core';
import type { HubOptions } from '@modelkeep/workflows';

/** How a library is opened. What is not given is taken from the environment. */
export interface OpenLibraryOptions {
  /** The library's folder. @default the environment's `MODELKEEP_ROOT` */
  readonly root?: string | undefined;
  /** `read` works on a read-only drive and changes nothing. @default 'write' */
  readonly mode?: 'read' | 'write' | undefined;
  /** Whether an empty or missing folder becomes a library. @default true */
  readonly create?: boolean | undefined;
  /** @default the environment's `HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE`, else the public hub without a token */
  readonly hub?: HubOptions | undefined;
  /** The way to the network, for embedders with a stack of their own. @default undici */
  readonly transport?: HttpTransport | undefined;
  /** @default the clock of the system */
  readonly clock?: Clock | undefined;
  /** @default says nothing */
  readonly logger?: Logger | undefined;
  /** Variables to read instead of those of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}
