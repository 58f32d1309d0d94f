import type { SerialisedError } from '@modelkeep/core';
import type { ChangeCall, OfLibrary, StateCall, StateRead, Versioned } from './state-call.ts';

/** `registered`: nothing is known of it yet; `synced`: its artifacts are; `error`: the last sync failed. */
export const repoStatuses = ['registered', 'synced', 'error'] as const;
export type RepoStatus = (typeof repoStatuses)[number];

export const artifactStatuses = ['pending', 'downloading', 'completed', 'failed'] as const;
export type ArtifactStatus = (typeof artifactStatuses)[number];

/** A repo to keep an eye on. */
export interface RepoSource {
  /** `hf`, or another word that the workflows know. */
  readonly provider: string;
  /** `org/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** A repo that was registered. */
export interface RepoRecord extends RepoSource, OfLibrary, Versioned {
  /** UUIDv7. */
  readonly id: string;
  readonly status: RepoStatus;
  /** What the revision was when it was synced; null before. */
  readonly commit: string | null;
  readonly error: SerialisedError | null;
  readonly registeredAt: string;
  readonly syncedAt: string | null;
}

/** What changes in a repo: a field that is absent stays. */
export interface RepoChange {
  readonly status?: RepoStatus | undefined;
  readonly commit?: string | null | undefined;
  readonly error?: SerialisedError | null | undefined;
  readonly syncedAt?: string | null | undefined;
}

/** A file of a repo, as its tree tells. */
export interface ArtifactFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** 64 hex where the tree tells it. */
  readonly sha256: string | null;
  /** 40 hex where the tree tells it. */
  readonly gitSha1: string | null;
}

/** A file of a registered repo. */
export interface ArtifactRecord extends ArtifactFile, OfLibrary, Versioned {
  /** UUIDv7. */
  readonly id: string;
  /** Of the repo's record. */
  readonly repoId: string;
  readonly status: ArtifactStatus;
  /**
   * Absolute, on the machine of its library; null until it is there. Of a small file that is `pending` because it was damaged
   * or deleted it is where that was.
   */
  readonly localPath: string | null;
  /** Of the bytes that are here, or were: 64 hex. */
  readonly contentSha256: string | null;
  readonly error: SerialisedError | null;
}

/** What changes in an artifact: a field that is absent stays. */
export interface ArtifactChange {
  readonly status?: ArtifactStatus | undefined;
  readonly localPath?: string | null | undefined;
  readonly contentSha256?: string | null | undefined;
  readonly error?: SerialisedError | null | undefined;
}

/** Repos that were registered, and the files that they have. Each library has its own. */
export interface Repos {
  /** The same source gives the same record. @throws `core.invalid-argument` */
  register(source: RepoSource, call?: StateCall): Promise<RepoRecord>;
  get(id: string, call?: StateCall): Promise<RepoRecord | null>;
  /** The oldest first. */
  list(options?: StateRead & { readonly status?: RepoStatus | undefined }): Promise<readonly RepoRecord[]>;
  /** @throws `fleet.not-found`, `fleet.conflict` */
  update(id: string, change: RepoChange, call?: ChangeCall): Promise<RepoRecord>;
  /** With its artifacts. @returns whether it was there */
  delete(id: string, call?: StateCall): Promise<boolean>;
  /**
   * Makes these the artifacts of a repo, all or nothing: a path that is new becomes `pending`, one whose content changed
   * becomes `pending` again, one that is as it was stays, and what is not among them goes.
   *
   * @throws `fleet.not-found` without such a repo
   */
  replaceArtifacts(
    repoId: string,
    files: readonly ArtifactFile[],
    call?: StateCall,
  ): Promise<readonly ArtifactRecord[]>;
  /** By path. `ids` of other repos or libraries are not found. */
  listArtifacts(
    options: StateCall & {
      readonly repoId?: string | undefined;
      readonly ids?: readonly string[] | undefined;
      readonly status?: ArtifactStatus | undefined;
    },
  ): Promise<readonly ArtifactRecord[]>;
  /** @throws `fleet.not-found`, `fleet.conflict` */
  updateArtifact(id: string, change: ArtifactChange, call?: ChangeCall): Promise<ArtifactRecord>;
}
