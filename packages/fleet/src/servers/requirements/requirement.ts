import type { FleetContent } from '../content.ts';
import type { Server } from '../server.ts';

/** A model that a job needs. */
export interface RequiredModel {
  /**
   * A SHA-256 (64 hex), `civitai:<model>@<version>` or `civitai:@<version>`, a file of a repo (`hf:org/name[@revision]/path`
   * or `hf:org/name/path[@revision]`), or a path that some system knows it by. What anybody could say of a content is
   * believed of the servers; only a hash means exactly these bytes. A model of several files is required file by file.
   */
  readonly model: string;
  /** Versions of the server's program that can load it, such as `>=0.3.40`. @default any */
  readonly versions?: string | undefined;
  /** What it takes of the memory. @default its size */
  readonly memoryBytes?: number | undefined;
}

/** As {@link RequiredModel}, or its reference alone. */
export type ModelRequirement = string | RequiredModel;

/** A required model as it is known. Plain data. */
export interface ResolvedRequirement {
  readonly model: string;
  /** The contents that will do, the one to fetch first. None: nobody knows it. */
  readonly contents: readonly FleetContent[];
  /** The servers that have one of them and are heard of: where it can be had from. */
  readonly copies: number;
}

/** A required model that a server lacks. */
export interface MissingModel {
  readonly model: string;
  /** What would be fetched; null where nobody knows it. */
  readonly sha256: string | null;
  readonly sizeBytes: number | null;
  readonly copies: number;
}

/** Something that speaks against running models on a server, though it does not forbid it. */
export interface CompatibilityWarning {
  readonly kind: 'family' | 'version' | 'memory';
  /** The model; null where it is all of them together. */
  readonly model: string | null;
  readonly detail: string;
}

/** How a server stands to what is required. Plain data. */
export interface ServerReadiness {
  readonly server: Server;
  /** It has everything, and is heard of. */
  readonly ready: boolean;
  readonly missing: readonly MissingModel[];
  /** To fetch; null where the size of something is not known. */
  readonly bytesToFetch: number | null;
  /** By what was measured there, else by what it says; null where neither or the bytes are known. */
  readonly fetchMs: number | null;
  readonly warnings: readonly CompatibilityWarning[];
}

/** The answer to a check. Plain data. */
export interface RequirementsAnswer {
  readonly models: readonly ResolvedRequirement[];
  /** Sorted by id. */
  readonly servers: readonly ServerReadiness[];
}
