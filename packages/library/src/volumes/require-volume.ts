import { ModelkeepError } from '@modelkeep/core';
import type { ListedVolume } from './volume-list.ts';
import type { VolumeSet } from './volume-set.ts';

/**
 * @internal The volume that a person means; null for the first one.
 *
 * @throws `library.volume-not-found`
 */
export function requireVolume(set: VolumeSet, reference: string): ListedVolume | null {
  const { volumeId } = set.attached()[0]?.context.volume ?? { volumeId: '' };
  const isMeant = (id: string, label: string): boolean =>
    id === reference || label === reference || (reference.length >= 4 && id.startsWith(reference));
  if (isMeant(volumeId, 'first')) return null;
  const matches = set.list.volumes.filter((one) => isMeant(one.volumeId, one.label));
  const [only] = matches;
  if (matches.length === 1 && only !== undefined) return only;
  throw new ModelkeepError('library.volume-not-found', {
    message: `no single volume of the library is called ${JSON.stringify(reference)}`,
    facts: { reference, known: ['first', ...set.list.volumes.map(({ label }) => label)] },
    hint: 'volumes lists the ids and labels of all volumes',
  });
}
