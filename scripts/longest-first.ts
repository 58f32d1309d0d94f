import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests that take half a minute or more, the longest first. */
const LONGEST = [
  'library/src/proofs/disk-errors',
  'transfer/src/kill-points',
  'library/src/proofs/power-loss',
  'library/src/proofs/',
  'formats/src/fuzz',
  'mapper/src/kill-points',
  'library-index/src/write/rebuild-equals-live',
  'transfer/src/fault-table',
  'e2e/cli-',
  'e2e/docs',
  'library-index/src/open-library-index',
  'mapper/src/mapper.property',
  'update/update-cut-off',
  'cli/src/',
];

/**
 * On a fresh clone nothing is known of how long a test takes: begun by size, a long one that is begun last has the other
 * core wait for its end.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((name) => moduleId.includes(name));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
