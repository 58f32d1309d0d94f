import { createHash } from 'node:crypto';
import type { RepoDefinition } from '@modelkeep/testing';
import { setup, type HubSetup } from '../fixtures/hub-setup.ts';
import { createLookup, type CreateLookupOptions } from './create-lookup.ts';
import type { HubLookup } from './lookup-types.ts';
import { memoryTrees, type MemoryTrees } from './memory-trees.test-helper.ts';

/** Content that differs by the seed alone. */
export const bytes = (seed: number): Buffer => Buffer.alloc(60_000, seed);
export const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
export const gitSha1Of = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex');
/** Content of the file that is looked for. */
export const flux: Buffer = bytes(1);
/** Content of a file in git. */
export const small: Buffer = Buffer.from('{"model_type":"flux"}');

/** A repo with one model. */
export const repoOf = (id: string, content: Buffer, more: Partial<RepoDefinition> = {}): RepoDefinition => ({
  id,
  files: [
    { path: 'config.json', content: small },
    { path: 'unet/flux1-dev.safetensors', content, storage: 'lfs' },
  ],
  ...more,
});
/** Two repos with the file, one with another of its name and size, one of another name. */
export const repos: RepoDefinition[] = [
  repoOf('acme/FLUX1-dev', flux, { downloads: 5, licence: 'mit' }),
  repoOf('mirror/flux1-dev-copy', flux, { downloads: 50 }),
  repoOf('other/flux1-dev-tuned', bytes(2), { downloads: 900 }),
  repoOf('acme/unrelated', bytes(3)),
];

/** A hub, and a look-up that asks it. */
export interface LookupSetup extends HubSetup {
  readonly lookup: HubLookup;
  readonly trees: MemoryTrees;
  /** Requests since the last question. */
  asked(): string[];
}

/** Starts the hub. */
export async function start(
  options: Partial<CreateLookupOptions> & { repos?: RepoDefinition[] } = {},
): Promise<LookupSetup> {
  const test = await setup({ repos: options.repos ?? repos });
  const trees = memoryTrees();
  return {
    ...test,
    trees,
    lookup: createLookup({ hub: test.client, trees, ...options }),
    asked() {
      const paths = test.hub.requests.map(({ path }) => path.replace(/\?.*/u, ''));
      test.hub.resetRequests();
      return paths;
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}
