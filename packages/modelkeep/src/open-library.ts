import type { Workspace } from '@modelkeep/workflows';
import type { OpenLibraryOptions } from './open-library-options.ts';
import { readEnvironment } from './read-environment.ts';

/** An open library. */
export type Library = Workspace;

/**
 * Opens a model library, or makes a new one in an empty or missing folder.
 *
 * @throws `core.invalid-argument` without a root, `library.invalid` when the folder holds something else,
 * `core.format-newer`, `io.*`
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
  const environment = options.environment ?? process.env;
  const settings = readEnvironment(options, environment);
  // Loaded on the first use: importing the facade alone costs an app's start next to nothing.
  const { openWorkspace, proxyFromEnvironment } = await import('@modelkeep/workflows');
  return openWorkspace({ ...settings, proxyFor: settings.proxyFor ?? proxyFromEnvironment(environment) });
}
