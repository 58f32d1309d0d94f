import coerce from 'semver/functions/coerce.js';
import parse from 'semver/functions/parse.js';
import type { VersionScheme } from '../profiles/profile-versions.ts';

const LONGEST = 256;

/**
 * What a version of an app is taken for, as `major.minor.patch` with what semver knows beyond that.
 *
 * @returns null for what the scheme makes nothing of, such as the commit of a git checkout
 */
export function normaliseVersion(scheme: VersionScheme, version: string): string | null {
  const text = version.trim();
  if (text === '' || text.length > LONGEST) return null;
  return schemes[scheme](text);
}

const schemes: Readonly<Record<VersionScheme, (text: string) => string | null>> = {
  /* `v0.3.40-5-gabc1234` is what git says five commits after a release: that release counts. */
  semver: (text) => {
    const released = text.replace(/-\d{1,9}-g[0-9a-f]{4,40}$/, '');
    return parse(released.replace(/^[vV]/, ''))?.version ?? numbersAtStart(released);
  },
  'leading-three': numbersAtStart,
  forge: (text) => numbersAtStart(text.replace(/^f/, '')),
  date: (text) => {
    const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text) ?? [];
    return year === undefined
      ? numbersAtStart(text)
      : (coerce(`${year}.${Number(month)}.${Number(day)}`)?.version ?? null);
  },
  build: (text) => {
    const [, build] = /^b?(\d{1,9})$/.exec(text) ?? [];
    return build === undefined ? null : `${Number(build)}.0.0`;
  },
  none: () => null,
};

/** A commit such as `1234abc` begins with digits and is no version. */
function numbersAtStart(text: string): string | null {
  const match = /^[vV]?\d{1,9}(?:\.\d{1,9}){1,3}/.exec(text) ?? /^[vV]?\d{1,9}(?![0-9A-Za-z.])/.exec(text);
  return match === null ? null : (coerce(match[0])?.version ?? null);
}
