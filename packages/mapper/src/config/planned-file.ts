import type { ConfigFormat } from '../profiles/mapping-way.ts';
import type { LinkReason } from '../plan/link-reason.ts';

/** What is to be done with one config file. Plain data. */
export interface PlannedFile {
  readonly action: 'create' | 'keep' | 'replace' | 'remove' | 'conflict';
  /** Absolute. */
  readonly path: string;
  readonly format: ConfigFormat;
  /** SHA-256 of the text that the plan was made from; null: there was no such file. One that differs then is a conflict. */
  readonly beforeSha256: string | null;
  /** The lines that it gets, for people: what is written follows from the links. */
  readonly lines: readonly string[];
  /** Why it is a conflict. */
  readonly reason: LinkReason | null;
}

/** Config files that lead an app to a folder of links. Plain data. */
export interface ConfigPlan {
  /** The app's folder, absolute, without links on the way. */
  readonly appRoot: string;
  readonly files: readonly PlannedFile[];
  /** What a person does so that the app takes notice. */
  readonly note: string | null;
}

/** What became of one config file. Plain data. */
export interface AppliedFile {
  readonly outcome: 'created' | 'kept' | 'replaced' | 'removed' | 'conflict';
  /** Absolute. */
  readonly path: string;
  readonly reason: LinkReason | null;
}
