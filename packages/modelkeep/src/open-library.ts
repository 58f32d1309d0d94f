import type { Clock, HttpTransport, Logger } from '@modelkeep/core';
import type { HubOptions, Workspace } from '@modelkeep/workflows';
import { readEnvironment } from './read-environment.ts';

/** An open library. */
export type Library = Workspace;

/** How {@link openLibrary} is set up. What is not given is taken from the environment. */
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

/**
 * Opens a model library, or makes a new one in an empty or missing folder.
 *
 * @throws `core.invalid-argument` without a root, `library.invalid` when the folder holds something else,
 * `library.no-links`, `core.format-newer`, `io.*`
 *
 * @example
 * ```ts
 * import { openLibrary } from 'modelkeep';
 *
 * await using library = await openLibrary({ root: '/data/models' });
 * const plan = await library.planDownload('hf:acme/tiny-flux', { include: ['*.safetensors'] });
 * const { models } = await library.download(plan).result;
 * console.log(models.map(({ slug, type, family }) => ({ slug, type, family })));
 * ```
 */
export async function openLibrary(options: OpenLibraryOptions = {}): Promise<Library> {
  const settings = readEnvironment(options, options.environment ?? process.env);
  // Loaded on the first use: importing the facade alone costs an app's start next to nothing.
  const { openWorkspace } = await import('@modelkeep/workflows');
  return openWorkspace(settings);
}
