import type { RepoType } from '../urls/repo-type.ts';

/** A repo of a Hugging Face Hub, or a part of one. */
export interface HubReference {
  readonly provider: 'hf';
  readonly repoType: RepoType;
  readonly repo: string;
  /** Branch, tag, reference or commit, decoded; null when none is named. */
  readonly revision: string | null;
  /** A file or a folder of the repo; null for all of it. */
  readonly path: string | null;
}

/** Which of a version's files a download URL of Civitai asks for; null where it does not say. */
export interface CivitaiFileChoice {
  readonly fileId: number | null;
  /** `Model`, `Pruned Model`, `VAE`, … */
  readonly type: string | null;
  /** `SafeTensor`, `PickleTensor`, … */
  readonly format: string | null;
  /** `full` or `pruned`. */
  readonly size: string | null;
  /** `fp16`, `fp32`, … */
  readonly precision: string | null;
}

/** A model of Civitai or one version of it. At least one of the ids is there. */
export interface CivitaiReference {
  readonly provider: 'civitai';
  readonly modelId: number | null;
  /** Null for the newest. */
  readonly versionId: number | null;
  readonly file: CivitaiFileChoice | null;
}

/** Any file on the web. */
export interface UrlReference {
  readonly provider: 'url';
  /** As given, without the fragment. May carry a signature: redact it before it is shown. */
  readonly url: string;
}

/** What a pasted text names. Plain data. */
export type Reference = HubReference | CivitaiReference | UrlReference;
