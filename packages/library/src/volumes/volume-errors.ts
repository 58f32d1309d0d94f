import { ModelkeepError } from '@modelkeep/core';
import type { ListedVolume } from './volume-list.ts';

/** @internal */
export function offline(volumeId: string, entry: ListedVolume | undefined, machineId: string): ModelkeepError {
  const label = entry?.label ?? volumeId;
  return new ModelkeepError('library.volume-offline', {
    message: `the volume ${label} is not here`,
    facts: { volumeId, label, path: entry?.paths[machineId] ?? null },
    hint: 'connect its drive; if it is mounted somewhere that is not found, add it again by its path',
  });
}

/** @internal */
export function readOnlyVolume(root: string): ModelkeepError {
  return new ModelkeepError('library.read-only', {
    message: `the volume ${root} can only be read`,
    facts: { root },
    hint: 'mount its drive for writing',
  });
}
