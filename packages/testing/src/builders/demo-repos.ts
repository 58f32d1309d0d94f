import type { RepoDefinition } from '../hub/repo-definition.ts';
import { diffusersRepo, fluxRepo, gatedRepo, loraRepo, pickleRepo, sdxlRepo } from './demo-image-repos.ts';
import { ggufRepo, shardedRepo } from './demo-language-repos.ts';

/** How large the demo's repos are. */
export interface DemoReposOptions {
  /** Relative to the default of about 60 MB in all; some files have a floor below which they do not shrink. @default 1 */
  readonly scale?: number;
}

/**
 * Repos of real-format files with random weights: FLUX with its parts apart, an SDXL checkpoint, a LoRA, GGUF in three
 * quantisations with an mmproj, shards, a diffusers folder, a gated repo and a pickle. The same bytes on every run.
 */
export function demoRepos({ scale = 1 }: DemoReposOptions = {}): readonly RepoDefinition[] {
  return [
    fluxRepo(scale),
    sdxlRepo(scale),
    loraRepo(scale),
    ggufRepo(scale),
    shardedRepo(scale),
    diffusersRepo(scale),
    gatedRepo(scale),
    pickleRepo(scale),
  ];
}
