import type { RegistryEntry, RegistryRow, ScanReport } from '@modelkeep/library';

/** A row of a registry, as a report names it. */
export interface NamedRow {
  /** Its number there. */
  readonly id: number;
  readonly name: string;
  /** As the registry writes it. */
  readonly localPath: string | null;
}

/** A row whose file a model of this library has. */
export interface MatchedRow extends NamedRow {
  readonly modelId: string;
  /** `hash`: the content is the same. `path`: the registry tells no hash, and the path means this model alone. */
  readonly by: 'hash' | 'path';
}

/** A row that means something else than what is here. */
export interface ConflictingRow extends NamedRow {
  /** `other-content`: the file has another hash by now. `several-models`: more than one has this content. */
  readonly reason: 'other-content' | 'several-models';
  readonly modelIds: readonly string[];
}

/** A row without a model: all that the registry knows of it, so that it is not lost. */
export interface UnmatchedRow extends RegistryEntry {
  /** `gone`: no file is at its path. `not-a-model`: a file is, and the scan made no model of it. */
  readonly reason: 'gone' | 'not-a-model';
}

/** What of a registry cannot be used. */
export interface RegistryProblem {
  /** SQLite's own number of the row; null for what concerns more than one. */
  readonly row: string | null;
  readonly field: keyof RegistryRow | null;
  readonly reason: string;
}

/** What became of a registry, or of a dry run what would. Plain data. */
export interface RegistryMigration {
  /** Absolute. */
  readonly path: string;
  readonly dryRun: boolean;
  /** Rows that can be used. */
  readonly rows: number;
  readonly matched: readonly MatchedRow[];
  /** Rows whose files are there and not in the library: of a dry run those that would be scanned. */
  readonly toAdopt: readonly NamedRow[];
  /** Folders that were scanned, or would be. */
  readonly folders: readonly string[];
  /** What the scan of these found; null of a dry run, and where there was none. */
  readonly scan: ScanReport | null;
  readonly unmatched: readonly UnmatchedRow[];
  readonly conflicts: readonly ConflictingRow[];
  /** Models that have learnt something, and those that knew everything. Both 0 of a dry run. */
  readonly changed: number;
  readonly unchanged: number;
  /** Fields that the registry does not have. */
  readonly missingFields: readonly (keyof RegistryRow)[];
  /** The first 1,000. */
  readonly problems: readonly RegistryProblem[];
  readonly problemCount: number;
}
