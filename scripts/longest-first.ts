import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that take half a minute or more, the longest first. */
const LONGEST = [
  'packages/library-index/src/query/hostile-queries',
  'packages/library/src/proofs/disk-errors',
  'packages/transfer/src/kill-points',
  'packages/library/src/proofs/power-loss',
  'packages/library/src/proofs/',
  'packages/formats/src/fuzz',
  'packages/mapper/src/kill-points',
  'packages/library-index/src/write/rebuild-equals-live',
  'packages/transfer/src/fault-table',
  'e2e/cli-',
  'e2e/readme',
  'e2e/docs',
  'packages/library-index/src/open-library-index',
  'packages/mapper/src/mapper.property',
  'packages/workflows/src/update/update-cut-off',
];

/** The files of {@link LONGEST}. */
export const LONGEST_FILES: readonly string[] = LONGEST.map((name) => `${name}*.test.ts`);

/**
 * On a fresh clone nothing is known of how long a test takes: begun by size, a long one that is begun last has the other
 * core wait for its end. Those that share a process come together, after the others: another one between them ends it.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const place = LONGEST.findIndex((name) => moduleId.includes(`/${name}`));
      if (!project.config.isolate) return LONGEST.length + 1;
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
