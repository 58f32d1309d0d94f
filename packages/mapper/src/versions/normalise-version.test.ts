import { describe, expect, it } from 'vitest';
import type { VersionScheme } from '../profiles/profile-versions.ts';
import { isWithin } from './newest-version.ts';
import { normaliseVersion } from './normalise-version.ts';

describe('normaliseVersion', () => {
  const cases: readonly (readonly [VersionScheme, string, string | null])[] = [
    ['semver', '0.3.64', '0.3.64'],
    ['semver', 'v0.3', '0.3.0'],
    ['semver', '1.10.1-RC', '1.10.1-RC'],
    ['semver', 'v0.3.64-12-g00db33f6', '0.3.64'],
    ['semver', '2.5', '2.5.0'],
    ['semver', '00db33f6b7fcb1a1321286d88c95cf138cabe9fe', null],
    ['semver', '1234abc', null],
    ['semver', 'master', null],
    ['semver', '', null],
    ['semver', '1'.repeat(300), null],
    ['leading-three', '0.9.8.2', '0.9.8'],
    ['leading-three', '0.9.8', '0.9.8'],
    ['forge', 'f2.0.1v1.10.1-previous-665-gae278f79', '2.0.1'],
    ['forge', '2.0.1v1.10.1', '2.0.1'],
    ['forge', '1.0.0v2-v1.10.1RC', '1.0.0'],
    ['forge', 'f0.0.17v1.8.0rc-latest-276-g29be1da7', '0.0.17'],
    ['date', '2026-07-23', '2026.7.23'],
    ['date', '2026-07-23-abc', '2026.7.23'],
    ['date', 'abcdef0', null],
    ['build', 'b6432', '6432.0.0'],
    ['build', '6432', '6432.0.0'],
    ['build', 'b64x', null],
    ['none', '1.2.3', null],
  ];
  it.each(cases)('%s: %s is %s', (scheme, text, version) => {
    expect(normaliseVersion(scheme, text)).toBe(version);
  });
});

describe('a version that is not known', () => {
  it.each([
    ['>=0.3.0', true],
    ['*', true],
    ['<2', false],
    ['^1.0.0', false],
    ['>=0.3 <1', false],
  ])('counts as the newest: %s', (range, within) => {
    expect(isWithin(null, range)).toBe(within);
  });
  it('and a known one is compared, with what comes before a release', () => {
    expect(isWithin('0.3.40', '>=0.3.0 <0.4.0')).toBe(true);
    expect(isWithin('0.4.0-rc.1', '>=0.3.0')).toBe(true);
    expect(isWithin('0.2.9', '>=0.3.0')).toBe(false);
  });
});
