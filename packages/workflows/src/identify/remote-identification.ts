import type { Identification } from '@modelkeep/formats';
import type { FileSelection } from '@modelkeep/hf-client';
import type { WeightsSet } from './weights-sets.ts';

/** Which file of a repo is looked at. */
export interface IdentifyRemoteOptions extends FileSelection {
  /** Branch, tag or commit; overrides the reference's. @default 'main' */
  readonly revision?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A file that was looked at. */
export interface LookedAtFile {
  /** Within the repo; null for a plain URL. */
  readonly path: string | null;
  readonly sizeBytes: number;
  /** As the hub tells it: nothing was checked. Null where it does not tell. */
  readonly sha256: string | null;
}

/** What a model is that was not downloaded. Plain data. */
export interface RemoteIdentification extends Identification {
  /** The commit that was looked at, 40 hex; null for a plain URL. */
  readonly commit: string | null;
  /** The file, or the shards of one model. */
  readonly files: readonly LookedAtFile[];
  /** All weights that the reference and the selection name, the ones that were looked at first; empty for a single file. */
  readonly sets: readonly WeightsSet[];
  /** Bytes of content that it took. */
  readonly bytesFetched: number;
}
