import { fileRole, isModelkeepError } from '@modelkeep/core';
import type { ImportSet } from '../import/find-importable.ts';
import type { StoreContext } from '../store-context.ts';
import { chooseVolume } from './choose-volume.ts';
import type { VolumeSet } from './volume-set.ts';

/** Where new models are stored. */
export interface PlacementOptions {
  /**
   * Id, start of an id or label of a volume; `first` is the library's own folder. A model whose weights the library has
   * stays where it is. @default the rule of the library: by type, else its default
   */
  readonly volume?: string | undefined;
  /** What the models are, where it is known before they are: `lora`. */
  readonly types?: readonly string[] | undefined;
}

/** @internal The volume for files that are imported: what they are is read from their headers where a rule asks for it. */
export async function volumeForSet(
  set: VolumeSet & { readonly first: StoreContext },
  { files }: ImportSet,
  options: PlacementOptions & { readonly signal?: AbortSignal | undefined },
): Promise<StoreContext> {
  const { first, list } = set;
  if (list.volumes.length === 0 && options.volume === undefined) return first;
  const weights = files.filter(({ name }) => fileRole(name) === 'weights');
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const sha256s: string[] = [];
  for (const { path, sizeBytes: size } of weights) {
    if (!(await first.index.hasFileOfSize(size))) continue;
    const { digests } = await first.io
      .hashFile(path, { algorithms: ['sha256'], signal: options.signal })
      .catch(unreadable({ digests: { sha256: null } }));
    if (digests.sha256 !== null) sha256s.push(digests.sha256);
  }
  const types = [...(options.types ?? [])];
  if (types.length === 0 && list.volumes.some((volume) => volume.types.length > 0)) {
    for (const { path } of weights) {
      const found = await first.identifier.identifyFiles([path], { signal: options.signal }).catch(unreadable(null));
      if (typeof found?.scan.type === 'string') types.push(found.scan.type);
    }
  }
  return chooseVolume(set, { volume: options.volume, types, sizeBytes, sha256s });
}

/** The import says so of a file that cannot be read. */
function unreadable<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isModelkeepError(error)) return instead;
    throw error;
  };
}
