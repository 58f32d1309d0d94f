import { expect, it } from 'vitest';
import { chooseLink, type LinkSituation } from './choose-link.ts';
import type { LinkAbilities } from './probe-links.ts';

const everything: LinkAbilities = { reflink: true, symlink: true, hardlink: true, junction: true, codes: {} };
const linux: LinkAbilities = { ...everything, reflink: false, junction: false, codes: { reflink: 'ENOTSUP' } };
const windows: LinkAbilities = {
  reflink: false,
  symlink: false,
  hardlink: true,
  junction: true,
  codes: { reflink: 'ENOSYS', symlink: 'EPERM' },
};
const exfat: LinkAbilities = {
  reflink: false,
  symlink: false,
  hardlink: false,
  junction: false,
  codes: { reflink: 'ENOTSUP', symlink: 'EPERM', hardlink: 'EPERM' },
};
const situation = (change: Partial<LinkSituation>): LinkSituation => ({
  kind: 'file',
  isSameDrive: true,
  abilities: everything,
  ...change,
});
const strategies = (change: Partial<LinkSituation>): string[] =>
  chooseLink(situation(change)).chosen.map(({ strategy }) => strategy);

it.each<[string, Partial<LinkSituation>, string[]]>([
  ['a file on a drive that clones', {}, ['reflink', 'symlink', 'hardlink']],
  ['a file on ext4', { abilities: linux }, ['symlink', 'hardlink']],
  ['a file on another drive', { isSameDrive: false }, ['symlink']],
  ['a file on another drive, with a copy allowed', { isSameDrive: false, allowCopy: true }, ['symlink', 'copy']],
  ['a file that the app writes', { appWrites: true, allowCopy: true }, ['reflink', 'copy']],
  ['a file that the app writes, without clones', { appWrites: true, abilities: linux }, []],
  ['a sandboxed app', { appIsConfined: true, abilities: linux, allowCopy: true }, ['hardlink', 'copy']],
  ['an app that passes over links', { appIgnoresLinks: true, abilities: linux }, ['hardlink']],
  ['a file on Windows without rights', { abilities: windows, allowCopy: true }, ['hardlink', 'copy']],
  ['a file on exFAT', { abilities: exfat }, []],
  ['a folder', { kind: 'folder', abilities: linux }, ['symlink']],
  ['a folder on Windows without rights', { kind: 'folder', abilities: windows }, ['junction']],
  [
    'a folder on another drive of such a Windows',
    { kind: 'folder', abilities: windows, isSameDrive: false },
    ['junction'],
  ],
  ['a folder of another machine', { kind: 'folder', abilities: windows, isNetworkFolder: true }, []],
])('%s', (_name, change, expected) => {
  expect(strategies(change)).toEqual(expected);
});

it('says of each strategy why', () => {
  expect(chooseLink(situation({ abilities: windows, isSameDrive: false }))).toEqual({
    chosen: [],
    refused: [
      { strategy: 'reflink', reason: 'another-drive' },
      { strategy: 'symlink', reason: 'no-rights', systemCode: 'EPERM' },
      { strategy: 'junction', reason: 'files-cannot' },
      { strategy: 'hardlink', reason: 'another-drive' },
      { strategy: 'copy', reason: 'copy-not-allowed' },
    ],
  });
  expect(chooseLink(situation({ allowCopy: true }))).toEqual({
    chosen: [
      { strategy: 'reflink', reason: 'independent' },
      { strategy: 'symlink', reason: 'leads-there' },
      { strategy: 'hardlink', reason: 'same-file' },
      { strategy: 'copy', reason: 'copy-allowed' },
    ],
    refused: [{ strategy: 'junction', reason: 'files-cannot' }],
  });
  expect(chooseLink(situation({ abilities: exfat })).refused).toContainEqual({
    strategy: 'hardlink',
    reason: 'drive-cannot',
    systemCode: 'EPERM',
  });
});

it('puts every strategy into one list, whatever the situation', () => {
  const flags = [true, false];
  for (const kind of ['file', 'folder'] as const) {
    for (const abilities of [everything, linux, windows, exfat]) {
      for (const [isSameDrive, appWrites, appIsConfined, allowCopy] of flags.flatMap((a) =>
        flags.flatMap((b) => flags.flatMap((c) => flags.map((d) => [a, b, c, d] as const))),
      )) {
        const given = { kind, abilities, isSameDrive, appWrites, appIsConfined, allowCopy };
        const { chosen, refused } = chooseLink(given);
        const named = [...chosen, ...refused].map(({ strategy }) => strategy);
        expect(named.toSorted()).toEqual(['copy', 'hardlink', 'junction', 'reflink', 'symlink']);
        if (appWrites) expect(chosen.every(({ strategy }) => ['reflink', 'copy'].includes(strategy))).toBe(true);
      }
    }
  }
});
