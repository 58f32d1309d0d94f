import { roomLeft } from '../room/room-left.ts';
import type { StoreContext } from '../store-context.ts';
import { resumableBytes } from '../transaction/resumable-bytes.ts';
import type { WantedFile } from '../transaction/stored-file.ts';
import { requireVolume } from './require-volume.ts';
import type { VolumeSet } from './volume-set.ts';

/** @internal What is known of models that are to be stored. */
export interface PlacementWish {
  /** Id, start of an id or label of a volume. */
  readonly volume?: string | undefined;
  /** What they are, as far as it is known. */
  readonly types?: readonly string[] | undefined;
  /** Finds out what they are: asked once, and only where a volume is for some types. */
  readonly askTypes?: AskTypes | undefined;
  readonly sizeBytes: number;
  /** Of those that are fetched: what was begun of them on a volume needs no room there any more. */
  readonly files?: readonly WantedFile[] | undefined;
  /** Whether `volume` counts before everything else: bytes that are damaged there are brought anew. */
  readonly renew?: boolean | undefined;
  /** Of the weights, where they are known: who has them gets the rest as well. */
  readonly sha256s: readonly string[];
}

/** Tells what models are that are not here yet. */
export type AskTypes = () => Promise<readonly string[]>;

/** So much stays free on a volume that is chosen by a rule. */
const SPARE_BYTES = 64 * 1024 * 1024;

/**
 * @internal Where new models go: to the volume that has the same weights; else to the one that was asked for; else to that
 * of their type; else to the default, or the first one; and where that has no room, on its drive or within its quota, to the
 * one with the most.
 *
 * @throws `library.volume-not-found`, `library.volume-offline`, `library.read-only`
 */
export async function chooseVolume(
  set: VolumeSet & { readonly first: StoreContext },
  wish: PlacementWish,
): Promise<StoreContext> {
  const { first } = set;
  if (set.list.volumes.length === 0 && wish.volume === undefined) return first;
  const owner = wish.renew === true ? null : await ownerOf(set, wish);
  if (owner !== null) return owner;
  if (wish.volume !== undefined) {
    const volumeId = requireVolume(set, wish.volume)?.volumeId;
    return set.contextOf({ place: { kind: 'library', volumeId } }, 'write');
  }
  const writable = set.attached().flatMap(({ context, mode }) => (mode === 'write' ? [context] : []));
  const byId = (id: string | null): StoreContext[] => writable.filter(({ volumeMark }) => (volumeMark ?? null) === id);
  const isTyped = set.list.volumes.some(({ types }) => types.length > 0);
  const types = wish.types ?? (isTyped ? await wish.askTypes?.() : undefined) ?? [];
  const ofType = set.list.volumes.filter((one) => one.types.some((type) => types.includes(type)));
  const preferred = [...ofType.flatMap(({ volumeId }) => byId(volumeId)), ...byId(set.list.defaultVolumeId), first];
  let roomiest = { context: preferred[0] ?? first, freeBytes: Number.NEGATIVE_INFINITY };
  for (const context of new Set([...preferred, ...writable])) {
    const freeBytes = await roomLeft(context, await resumableBytes(context, wish.files ?? []));
    if (preferred.includes(context) && freeBytes >= wish.sizeBytes + SPARE_BYTES) return context;
    if (freeBytes > roomiest.freeBytes) roomiest = { context, freeBytes };
  }
  return roomiest.freeBytes >= wish.sizeBytes ? roomiest.context : (preferred[0] ?? first);
}

/** A model whose weights are here learns something new where it is. */
async function ownerOf(
  set: VolumeSet & { readonly first: StoreContext },
  { sha256s }: PlacementWish,
): Promise<StoreContext | null> {
  const writable = new Set(set.attached().flatMap(({ context, mode }) => (mode === 'write' ? [context] : [])));
  for (const sha256 of sha256s) {
    for (const { modelId, file } of await set.first.index.findByFileHash({ sha256 })) {
      if (file.role !== 'weights') continue;
      const record = await set.first.index.get(modelId);
      if (record?.place.kind !== 'library' || set.offline().has(record.place.volumeId ?? '')) continue;
      const home = await set.contextOf(record);
      if (writable.has(home)) return home;
    }
  }
  return null;
}
