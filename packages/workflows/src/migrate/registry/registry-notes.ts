import type { RowMatch, RowToMatch } from './match-rows.ts';
import type { OpenRegistry } from './open-registry.ts';
import type {
  ConflictingRow,
  MatchedRow,
  NamedRow,
  RegistryMigration,
  RegistryProblem,
  UnmatchedRow,
} from './registry-report.ts';

/** @internal A report that grows. */
export interface RegistryNotes {
  readonly dryRun: boolean;
  match(row: RowToMatch, match: Exclude<RowMatch, null>): void;
  toAdopt(row: RowToMatch): void;
  unmatched(row: UnmatchedRow): void;
  told(isNew: boolean): void;
  problem(problem: RegistryProblem): void;
  done(found: Pick<RegistryMigration, 'folders' | 'scan'>): RegistryMigration;
}

const MOST_PROBLEMS = 1_000;

/** @internal */
export function createRegistryNotes(registry: OpenRegistry, dryRun: boolean): RegistryNotes {
  const { path, missingFields } = registry;
  const matched: MatchedRow[] = [];
  const toAdopt: NamedRow[] = [];
  const unmatched: UnmatchedRow[] = [];
  const conflicts: ConflictingRow[] = [];
  const problems: RegistryProblem[] = [];
  const count = { changed: 0, unchanged: 0, problemCount: 0 };
  const notes: RegistryNotes = {
    dryRun,
    match(row, match) {
      if ('modelId' in match) matched.push({ ...named(row), ...match });
      else conflicts.push({ ...named(row), ...match });
    },
    toAdopt: (row) => void toAdopt.push(named(row)),
    unmatched: (row) => void unmatched.push(row),
    told: (isNew) => void (count[isNew ? 'changed' : 'unchanged'] += 1),
    problem(problem) {
      count.problemCount += 1;
      if (problems.length < MOST_PROBLEMS) problems.push(problem);
    },
    done({ folders, scan }) {
      const rows = matched.length + toAdopt.length + unmatched.length + conflicts.length;
      const lists = { matched, toAdopt, folders, scan, unmatched, conflicts, missingFields, problems };
      return { path, dryRun, rows, ...lists, ...count };
    },
  };
  for (const reason of registry.problems) notes.problem({ row: null, field: null, reason });
  return notes;
}

function named({ id, name, local_path: localPath }: RowToMatch): NamedRow {
  return { id, name, localPath };
}
