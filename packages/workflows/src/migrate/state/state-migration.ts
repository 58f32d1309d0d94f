/** The JSON files of a download manager: `.manifest.json`, `.progress.json` and `.api_tokens.json`. */
export const stateKinds = ['manifest', 'progress', 'tokens'] as const;
export type StateKind = (typeof stateKinds)[number];

/** What of such a file cannot be used. It never quotes a token. */
export interface StateProblem {
  readonly key: string;
  /** Null for the entry as a whole, which is left out then; a field alone is left out by itself. */
  readonly field: string | null;
  readonly reason: string;
}

/** What became of such a file, or of a dry run what would. Plain data, without the values of tokens. */
export interface StateMigration {
  /** Absolute. */
  readonly path: string;
  readonly kind: StateKind;
  readonly dryRun: boolean;
  /** Keys whose entries were written, or would be; of tokens their origins. */
  readonly written: readonly string[];
  /** Keys whose entries say the same here. */
  readonly unchanged: readonly string[];
  /** Keys whose entries are newer here; tokens of origins that have one. */
  readonly kept: readonly string[];
  readonly problems: readonly StateProblem[];
  /** The copy that was made of the shared state before it was written to: an absolute path; null where nothing was written. */
  readonly backup: string | null;
}

/** What was written to a file. Plain data. */
export interface StateExport {
  /** Absolute. */
  readonly path: string;
  readonly kind: Exclude<StateKind, 'tokens'>;
  readonly entries: number;
}
