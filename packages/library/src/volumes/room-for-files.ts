import { findContents } from '../transaction/find-contents.ts';
import { resumableBytes } from '../transaction/resumable-bytes.ts';
import type { WantedFile } from '../transaction/stored-file.ts';
import type { StoreContext } from '../store-context.ts';
import { roomLeft } from '../room/room-left.ts';
import { chooseVolume, type AskTypes } from './choose-volume.ts';
import type { PlacementOptions } from './volume-for-set.ts';
import type { VolumeSet } from './volume-set.ts';

/** Files whose volume is looked for before they are fetched. */
export interface RoomForOptions extends PlacementOptions {
  /** Finds out what the models are, where the library's rule asks for it. @default nobody knows */
  readonly askTypes?: AskTypes | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where files go, and what room they need there. Plain data. */
export interface RoomForFiles {
  readonly volumeId: string;
  /** Bytes that this volume has not got; another one may have them. */
  readonly bytesNeeded: number;
  /** What its drive or its quota lacks for them. */
  readonly bytesLacking: number;
}

/** @internal */
export async function roomForFiles(
  set: VolumeSet & { readonly first: StoreContext },
  files: readonly WantedFile[],
  { signal, ...wish }: RoomForOptions = {},
): Promise<RoomForFiles> {
  const bytesOf = (list: readonly WantedFile[]): number => list.reduce((sum, one) => sum + (one.sizeBytes ?? 0), 0);
  const sha256s = files.flatMap(({ sha256 }) => sha256 ?? []);
  const context = await chooseVolume(set, { ...wish, sizeBytes: bytesOf(files), sha256s, files });
  const contents = await findContents(context, files, { signal });
  const missing = files.filter((_, position) => contents[position] === null);
  const bytesNeeded = bytesOf(missing);
  const left = bytesNeeded === 0 ? 0 : await roomLeft(context, await resumableBytes(context, missing));
  const lacking = bytesNeeded - left;
  return { volumeId: context.volume.volumeId, bytesNeeded, bytesLacking: Math.max(0, lacking) };
}
