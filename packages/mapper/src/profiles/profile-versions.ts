/**
 * How an app writes its versions, and what `major.minor.patch` they are taken for.
 * `semver`: as they are, a missing part is 0. `leading-three`: more than three numbers, of which the first three count.
 * `forge`: `f2.0.1v1.10.1-previous-665-g…`, of which the app's own number counts. `date`: `2026-07-23` is 2026.7.23.
 * `build`: `b6432` is 6432.0.0. `none`: a git checkout without numbers.
 */
export const versionSchemes = ['semver', 'leading-three', 'forge', 'date', 'build', 'none'] as const;
export type VersionScheme = (typeof versionSchemes)[number];

/** A file in an app's folder that tells its version: the text between two others. */
export interface VersionFile {
  /** Relative to the app's folder. */
  readonly path: string;
  /** The text before the version. */
  readonly after: string;
  /** The text behind it. */
  readonly before: string;
}

/** What is known of an app's versions. */
export interface ProfileVersions {
  readonly scheme: VersionScheme;
  /** Where the app's folder tells its version; the first that does counts. */
  readonly files: readonly VersionFile[];
  /** The versions that the profile holds for, as a range of semver: `>=0.2.0`. */
  readonly holdsFor: string;
}
