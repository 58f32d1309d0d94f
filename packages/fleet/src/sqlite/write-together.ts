import type { WriteUnit } from './write-queue.ts';

/** @internal Several units as one: in one transaction, with the results of all. */
export function allTogether<T>(units: readonly WriteUnit<T>[]): WriteUnit<readonly T[]> {
  return {
    statements: units.flatMap(({ statements }) => statements),
    read(results) {
      let first = 0;
      return units.map(({ statements, read }) => {
        const own = results.slice(first, (first += statements.length));
        return read(own);
      });
    },
  };
}
