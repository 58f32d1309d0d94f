import type { CivitaiDetails, CivitaiFileClaims, ModelFacts } from '@modelkeep/core';

/** What a small file beside a model is, by its content. */
export type SidecarKind =
  /** What A1111 and Forge keep of a model. */
  | 'forge'
  /** What SwarmUI keeps of a model: the fields of a header. */
  | 'swarm'
  /** Civitai's answer about one version: `.civitai.info`. */
  | 'civitai-version'
  /** Civitai's answer about a model with its versions. */
  | 'civitai-model'
  /** What Stability Matrix keeps: `.cm-info.json`. */
  | 'stability-matrix'
  /** What LoRA Manager keeps: `.metadata.json`. */
  | 'lora-manager'
  /** A read-me with the front matter of the Hugging Face Hub. */
  | 'model-card';

/** A picture that a sidecar names. */
export interface SidecarPreview {
  readonly url: string;
  /** In Civitai's flags; null where it does not say. */
  readonly nsfwLevel: number | null;
}

/** What a small file beside a model says of it. Nothing of it was checked. Plain data. */
export interface Sidecar {
  readonly kind: SidecarKind;
  /** The source that it stands for. */
  readonly layer: 'forge' | 'civitai-sidecar' | 'hub';
  readonly facts: ModelFacts;
  readonly civitai: CivitaiDetails | null;
  /** The files that it speaks of, with the hashes that it says they have. */
  readonly files: readonly CivitaiFileClaims[];
  readonly previews: readonly SidecarPreview[];
  /** Where it speaks of several versions: each of them, of which the hashes of the file tell the one that is meant. */
  readonly alternatives?: readonly Sidecar[] | undefined;
  /** What else it says, in its own words. */
  readonly extra: Readonly<Record<string, unknown>>;
}
