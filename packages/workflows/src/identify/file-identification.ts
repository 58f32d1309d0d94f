import type { CivitaiDetails, FactLayer, ModelFacts, ModelRecord, SafetyVerdict } from '@modelkeep/core';
import type { Identification, SidecarKind } from '@modelkeep/formats';
import type { FoundFile } from '@modelkeep/hf-client';

/** How a file is identified. */
export interface IdentifyFileOptions {
  /** Asks nobody: not where a file comes from, and nothing of what is not on this machine. @default false */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A small file beside a model that speaks of one. */
export interface FoundSidecar {
  readonly path: string;
  readonly kind: SidecarKind;
  /** `contradicts`: it speaks of another file, and is not believed. */
  readonly verdict: 'agrees' | 'contradicts' | 'unknown';
}

/** What a file is, where it comes from and what is known about loading it. Plain data. */
export interface FileIdentification {
  /** Null for a file that is not on this machine. */
  readonly path: string | null;
  /** The reference or the address without its query; null for a file on this machine. */
  readonly url: string | null;
  readonly sizeBytes: number;
  /** Of a remote file what its hub tells; null where it does not, and for several shards. */
  readonly sha256: string | null;
  /** What its bytes tell, with the evidence. */
  readonly identification: Identification;
  /** What counts of all that is told. */
  readonly facts: ModelFacts;
  readonly origins: Readonly<Partial<Record<keyof ModelFacts, FactLayer>>>;
  /** `data-only`: its format holds no code. Anything else is what a scan of the bytes says, which is never "safe". */
  readonly loading: 'data-only' | SafetyVerdict;
  readonly sidecars: readonly FoundSidecar[];
  /** Models of this library that have the file. */
  readonly models: readonly ModelRecord[];
  /** What Civitai tells of it. */
  readonly civitai: CivitaiDetails | null;
  /** Files of exactly this content on the hub. */
  readonly hub: readonly FoundFile[];
  /** Whether anybody was asked beside this library. */
  readonly asked: boolean;
  readonly failures: readonly { readonly source: 'civitai' | 'hub'; readonly code: string; readonly message: string }[];
}
