import type { AppMapping, ModelMapping, ModelOverrides } from '@modelkeep/core';

/** @internal The ids that an app can have, and `*` for all of them. */
export const APP_KEY: RegExp = /^(?:\*|[a-z0-9]+(?:[-_][a-z0-9]+)*)$/;
const MOST_APPS = 200;

/**
 * @internal What overrides.json says about apps. It may have been written by hand: what cannot be read is kept as a
 * problem of its app, so that a slip hides a model and never shows it.
 *
 * @returns null when it says nothing
 */
export function readMapping(overrides: ModelOverrides): ModelMapping | null {
  const problems = new Map<string, string>();
  const versionRanges = new Map<string, string>();
  for (const [app, range] of entriesOf(overrides.version_ranges, 'version_ranges', problems)) {
    if (typeof range === 'string') versionRanges.set(app, range);
    else problems.set(app, 'version_ranges: a range of versions is a text');
  }
  const apps = new Map<string, AppMapping>();
  for (const [app, value] of entriesOf(overrides.mapping, 'mapping', problems)) {
    const problem = problemOf(value);
    if (problem === null) apps.set(app, value as AppMapping);
    else problems.set(app, `mapping: ${problem}`);
  }
  if (versionRanges.size + apps.size + problems.size === 0) return null;
  return {
    versionRanges: Object.fromEntries(versionRanges),
    apps: Object.fromEntries(apps),
    problems: Object.fromEntries(problems),
  };
}

/** Keys that no app can have are of somebody else. */
function entriesOf(value: unknown, field: string, problems: Map<string, string>): readonly [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    problems.set('*', `${field} is no object with the ids of apps`);
    return [];
  }
  const entries = Object.entries(value).filter(([app]) => app.length <= 64 && APP_KEY.test(app));
  return entries.slice(0, MOST_APPS);
}

const shape: Readonly<Record<keyof AppMapping, (value: unknown) => boolean>> = {
  link: (value) => typeof value === 'boolean',
  name: (value) => typeof value === 'string' && value !== '' && value.length <= 1024,
  folder: (value) => typeof value === 'string' && value !== '' && value.length <= 1024,
  names: (value) => value === 'official' || value === 'cleaned',
};

/** @internal What is wrong with what is said about one app; fields of later versions are kept. */
export function problemOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'what is said of an app is an object';
  const stated = value as Readonly<Record<string, unknown>>;
  const wrong = Object.entries(shape).find(([field, fits]) => {
    const said = stated[field];
    return said !== undefined && said !== null && !fits(said);
  });
  return wrong === undefined ? null : `"${wrong[0]}" has a value that it cannot have`;
}
