import { ModelkeepError, type ByteSource } from '@modelkeep/core';
import { identifyFolder, planFolder, type Identification, type IdentifyOptions } from '@modelkeep/formats';
import type { HubClient } from '@modelkeep/hf-client';
import type { RepoListing } from './list-repo.ts';
import { openSet } from './open-weights.ts';
import type { IdentifyRemoteOptions, LookedAtFile, RemoteIdentification } from './remote-identification.ts';
import { repoFolder } from './repo-folder.ts';
import { weightsSets } from './weights-sets.ts';

/** What {@link identifyRepoFolder} works with. */
export interface IdentifyRepoFolderContext {
  readonly hub: HubClient;
  readonly identify: (sources: readonly ByteSource[], options: IdentifyOptions) => Promise<Identification>;
}

/** Files whose headers are read. */
const MAX_FILES = 512;
/** The names of shards tell as much as an index of them, for nothing. */
const MAX_INDEX_BYTES = 1_048_576;

/**
 * @internal Tells what a folder of a repo is that says itself what is in it: a pipeline, or a model with its config. Of each
 * part the headers of the weights that are loaded first are read.
 *
 * @returns null for any other folder, and where a selection asks for some of its weights
 */
export async function identifyRepoFolder(
  { hub, identify }: IdentifyRepoFolderContext,
  listing: RepoListing,
  options: IdentifyRemoteOptions,
): Promise<RemoteIdentification | null> {
  const { signal, path: _path, revision: _revision, ...selection } = options;
  if (Object.values(selection).some((each) => each !== undefined)) return null;
  const { id, at, files } = listing;
  const folder = repoFolder(hub, listing, signal);
  const plan = folder === null ? null : await planFolder(folder, { maxIndexBytes: MAX_INDEX_BYTES });
  if (folder === null || plan === null) return null;

  const wanted = plan.parts.flatMap(({ weights }) => weights[0]?.paths ?? []);
  if (wanted.length > MAX_FILES) throw tooMany(folder.path, wanted.length);
  const entries = new Map(files.map((file) => [file.path, file]));
  const lookedAt: LookedAtFile[] = [];
  let bytesFetched = 0;
  const identification = await identifyFolder(plan, {
    firstOnly: true,
    identify: async (inside) => {
      const paths = inside.map((path) => folder.prefix + path);
      const opened = await openSet(hub, { id, at, paths, signal });
      try {
        const sources = opened.map(({ file }) => file);
        for (const [position, file] of sources.entries()) {
          const path = paths[position] ?? null;
          lookedAt.push({
            path,
            sizeBytes: file.sizeBytes,
            sha256: file.sha256 ?? entries.get(path ?? '')?.sha256 ?? null,
          });
        }
        return await identify(sources, { paths, signal });
      } finally {
        for (const { file } of opened) {
          bytesFetched += file.bytesFetched;
          await file.close();
        }
      }
    },
  });
  return {
    ...identification,
    commit: at.revision ?? null,
    files: lookedAt,
    sets: weightsSets(files.filter(({ path }) => path.startsWith(folder.prefix))),
    bytesFetched: bytesFetched + folder.bytesFetched(),
  };
}

function tooMany(path: string, found: number): ModelkeepError<'formats.too-large'> {
  return new ModelkeepError('formats.too-large', {
    message: `${path}: the weights of its parts are ${found} files, more than ${MAX_FILES}`,
    facts: { format: 'folder', path, what: 'files', found, limit: MAX_FILES },
    hint: 'name one of its parts, such as its transformer folder',
  });
}
