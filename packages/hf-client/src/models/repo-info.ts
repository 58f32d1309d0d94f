import type { RepoFileEntry } from '../tree/repo-entry.ts';
import type { RepoType } from '../urls/repo-type.ts';

/** What the Hub tells about a repo at a revision. Plain data. */
export interface RepoInfo {
  /** As the Hub writes it now, which differs from what was asked when the repo was renamed. */
  readonly id: string;
  readonly repoType: RepoType;
  /** The commit that the revision is now, 40 hex. */
  readonly commit: string;
  /** False, or how the conditions are accepted: at once (`auto`) or with the owners' approval (`manual`). */
  readonly gated: false | 'auto' | 'manual';
  readonly private: boolean;
  readonly disabled: boolean;
  /** The licence's identifier; its own name where the identifier is only `other`; several joined with `, `. */
  readonly licence: string | null;
  readonly tags: readonly string[];
  readonly pipelineTag: string | null;
  readonly libraryName: string | null;
  /** What the model card names as base models: ids of repos. */
  readonly baseModels: readonly string[];
  readonly description: string | null;
  readonly downloads: number;
  readonly likes: number;
  /** Counted by the Hub in the safetensors or GGUF files of a model. */
  readonly parameterCount: number | null;
  /** What a space runs with: `gradio`, `docker`, `static`. */
  readonly sdk: string | null;
  /** ISO 8601. */
  readonly lastModified: string | null;
  readonly createdAt: string | null;
  /** Set where the hub could not be asked, and this is what it said before. */
  readonly stale?: true | undefined;
  /** All files at the commit; null unless they were asked for, and where the endpoint tells no sizes. */
  readonly files: readonly RepoFileEntry[] | null;
}
