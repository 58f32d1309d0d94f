import type { Server } from './server.ts';

/** What is known of the bytes of a model file, whoever has them. Plain data. */
export interface FleetContent {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly name: string | null;
  readonly type: string | null;
  readonly family: string | null;
  readonly baseModel: string | null;
  readonly precision: string | null;
  readonly civitaiVersionId: number | null;
}

/** A file of a server, or one that it had. */
export interface Holding {
  readonly sha256: string;
  readonly serverId: string;
  /** `gone`: it had it once. */
  readonly state: 'present' | 'corrupt' | 'gone';
  readonly path: string;
  /** When the server last said that it has it; ISO 8601. */
  readonly lastSeenAt: string;
}

/** A file that a job needs, as it is looked up. */
export type ContentQuery =
  | { readonly by: 'sha256'; readonly sha256: string }
  | { readonly by: 'civitai'; readonly versionId: number }
  | { readonly by: 'hf'; readonly repo: string; readonly path: string; readonly revision: string | null }
  | { readonly by: 'alias'; readonly path: string };

/** Which of the contents that were asked for is where, in one look. Plain data. */
export interface Availability {
  readonly servers: readonly Server[];
  readonly contents: readonly AvailableContent[];
  /** For each query the places in `contents` that it means: any of them will do. None: nobody knows it. */
  readonly meant: readonly (readonly number[])[];
}

/** A content and who has it whole. */
export interface AvailableContent extends FleetContent {
  /** Places in `servers`. */
  readonly holders: readonly number[];
}
