import type { FileIdentifier } from '@modelkeep/workflows';
import type { OpenLibraryOptions } from './open-library-options.ts';
import { readEndpoints } from './read-environment.ts';

/** How files are looked at without a library. What is not given is taken from the environment, as for a library. */
export type OpenFileIdentifierOptions = Pick<
  OpenLibraryOptions,
  | 'hub'
  | 'civitai'
  | 'transport'
  | 'privateOrigins'
  | 'proxyFor'
  | 'certificateAuthorities'
  | 'clock'
  | 'logger'
  | 'environment'
>;

/**
 * Opens what tells of files and folders without a library. Nothing is written.
 *
 * @throws `core.invalid-argument`
 *
 * @example
 * ```ts
 * import { openFileIdentifier } from 'modelkeep';
 *
 * await using identifier = await openFileIdentifier();
 * const { facts, loading } = await identifier.identify('/downloads/line.safetensors', { offline: true }).result;
 * console.log(facts.type, facts.family, loading);
 * ```
 */
export async function openFileIdentifier(options: OpenFileIdentifierOptions = {}): Promise<FileIdentifier> {
  const { environment = process.env, ...settings } = options;
  const endpoints = readEndpoints(options, environment);
  const workflows = await import('@modelkeep/workflows');
  const proxyFor = settings.proxyFor ?? workflows.proxyFromEnvironment(environment);
  return workflows.openFileIdentifier({ ...settings, ...endpoints, proxyFor });
}
