import satisfies from 'semver/functions/satisfies.js';

/* The rule for an app whose version is not known: it counts as newer than every version that anybody names. A checkout of
   git mostly is. */
const NEWEST = '999999999.0.0';

/** @internal Whether a version, or one that is not known (null), is within a range of semver. */
export function isWithin(version: string | null, range: string): boolean {
  return satisfies(version ?? NEWEST, range, { includePrerelease: true });
}
