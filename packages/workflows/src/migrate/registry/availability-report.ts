import type { RegistryProblem } from './registry-report.ts';

/** What a registry says of one server. */
export interface MigratedServer {
  readonly id: string;
  /** Whether it was not known, and was registered, or would be. */
  readonly isNew: boolean;
  /** Models that the fleet learns it has. */
  readonly added: number;
  /** Models that it is known to have. */
  readonly unchanged: number;
  /** Models of which the server has told more lately itself: what it says counts. */
  readonly kept: number;
}

/** What became of the table of servers of a registry, or of a dry run what would. Plain data. */
export interface AvailabilityMigration {
  /** Absolute. */
  readonly path: string;
  readonly dryRun: boolean;
  /** By id. */
  readonly servers: readonly MigratedServer[];
  /** The first 1,000. */
  readonly problems: readonly RegistryProblem[];
  readonly problemCount: number;
}
