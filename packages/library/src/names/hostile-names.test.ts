import { describe, expect, it } from 'vitest';
import { cleanName } from './clean-name.ts';
import { judgeName } from './judge-name.ts';
import { chooseSlug, isSlug, slugWithSuffix } from './slug.ts';
import { collisionKey, uniqueCleanNames } from './unique-names.ts';

/** Made-up names in the property test. */
const NAMES = Number(process.env['MODELKEEP_FUZZ'] ?? 10_000);

const devices = [
  'con',
  'prn',
  'aux',
  'nul',
  'conin$',
  'conout$',
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '¹', '²', '³'].flatMap((digit) => [`com${digit}`, `lpt${digit}`]),
];
const controls = [...Array.from({ length: 32 }, (_, code) => code), 127, 0x80, 0x85, 0x9f].map((code) =>
  String.fromCharCode(code),
);
const bidi = [
  '\u061c',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
];

/** Names that may not be used on some system, or that mean another place there. */
const refused: readonly string[] = [
  ...devices.flatMap((name) => [
    name,
    name.toUpperCase(),
    `${name}.safetensors`,
    `${name}.tar.gz`,
    `${name} .bin`,
    `a/${name}/b`,
  ]),
  ...controls.flatMap((control) => [`a${control}b`, `${control}.safetensors`]),
  ...bidi.flatMap((mark) => [`a${mark}b.gguf`, mark]),
  ...[':', '<', '>', '"', '|', '?', '*'].flatMap((sign) => [`a${sign}b`, `a/b${sign}`, sign]),

  '.',
  '..',
  '...',
  './a',
  '../a',
  'a/..',
  'a/../b',
  'a/./b',
  'a/../../b',
  '..\\a',
  'a\\..\\b',
  '\\a',
  '\\\\host\\share\\a',

  '/',
  '//',
  '/a',
  '//host/a',
  'a//b',
  'a/',
  'C:',
  'c:a',
  'C:/a',
  'C:\\a',
  '\\\\?\\C:\\a',
  '\\\\.\\nul',
  'file:///etc/passwd',
  'a.',
  'a ',
  'a. ',
  'a .',
  ' ',
  '. ',
  'a./b',
  'a /b',
  'a.safetensors.',
  'a.safetensors ',

  'a:stream',
  'a.txt::$DATA',
  'a/b:c',
  '%2e%2e:',
  '',
  'a'.repeat(256),
  'ü'.repeat(128),
  '🎉'.repeat(64),
  '\ud800',
  'a\udc00b',
  '\udfff.bin',
  'a/'.repeat(600),
  `${'a/'.repeat(512)}b`,
];

/** Names that are no danger as they are, and odd all the same. */
const odd: readonly string[] = [
  '-rf',
  '--help',
  '-',
  '_',
  '~',
  '~root',
  '$HOME',
  '`id`',
  '$(id)',
  'a;b',
  'a&b',
  "a'b",
  'a#b',
  '%2e%2e%2f',
  '!a',
  '@a',

  '\u00a0',
  '\u3000a',
  'a\u2028b',
  '\u200b',
  '\ufeffa',
  '\u00ad',
  '\u3164',
  'ﷺ',
  'ﬁ',
  'Ａ',
  'İ',
  'ß',
  'ŉ',
  '①',
  '²',
  'e\u0301',
  '\u0301',
  '\u0345\u0301',
  'क्षि',
  'ก็',
  'مرحبا',
  '模型',
  '한글',
  '👩‍👩‍👧',
  '\u{1d400}',
  '\u{10ffff}',

  '.git',
  '.hidden',
  '..a',
  'a..b',
  'console',
  'com10',
  'nulls',
  'metadata.json',
  'METADATA.JSON',
  'overrides.json',
  'desktop.ini',
];

const longest = 128;

/** What a name has to be under the rules of POSIX file systems. */
function isSafeOnPosix(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/u.test(name) && Buffer.byteLength(name) <= 255;
}

/** What a name has to be on Windows: no reserved character, no device by any extension, no dot or space at the end. */
function isSafeOnWindows(name: string): boolean {
  const [stem = ''] = name.toLowerCase().split('.');
  const isDevice = devices.includes(stem.trimEnd());
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what is looked for
  return !isDevice && !/[\u0000-\u001f<>:"/\\|?*]/u.test(name) && !/[. ]$/u.test(name) && name.length <= 255;
}

function expectClean(name: string): void {
  const shown = JSON.stringify(name);
  expect(isSafeOnPosix(name), shown).toBe(true);
  expect(isSafeOnWindows(name), shown).toBe(true);
  expect(name, shown).toMatch(/^[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}\-_.]*$/u);
  expect(name, shown).toBe(name.normalize('NFC'));
  expect(Array.from(name).length, shown).toBeLessThanOrEqual(longest);
  expect(judgeName(name), shown).toBeNull();
}

describe('hostile names', () => {
  it('are many', () => {
    expect(new Set([...refused, ...odd]).size).toBeGreaterThan(300);
  });

  it('are refused as names of a hub, and cleaned as names of local files', () => {
    for (const name of refused) expect(judgeName(name), JSON.stringify(name)).not.toBeNull();
    for (const name of odd) expect(judgeName(name), JSON.stringify(name)).toBeNull();
    for (const name of [...refused, ...odd]) {
      const cleaned = cleanName(name);
      expectClean(cleaned);
      expect(cleanName(cleaned), JSON.stringify(name)).toBe(cleaned);
      const slug = chooseSlug({ type: 'lora', family: name, name });
      expect(isSlug(slug), slug).toBe(true);
      for (const segment of slug.split('/')) expectClean(segment);
      for (const suffix of ['0123abcd', '01a214e9-1f75-76bd-901a-933deda79ee8']) {
        const suffixed = slugWithSuffix(slug, suffix);
        expect(isSlug(suffixed) && suffixed.endsWith(`-${suffix}`), suffixed).toBe(true);
        expectClean(suffixed.slice(suffixed.lastIndexOf('/') + 1));
      }
    }
  });
});

describe('names of one set', () => {
  const all = [...odd, ...odd.map((name) => `${name}.safetensors`), ...odd.map((name) => `folder/${name}`)];

  it('are unique where case and compatible forms do not count, also when one looks like the suffix of another', () => {
    const taken = uniqueCleanNames(['a.bin', 'A.bin']).get('a.bin') ?? '';
    const long = 'x'.repeat(200);
    const sets = [
      all,
      ['a.bin', 'A.bin', taken],
      ['a.bin', 'A.bin', taken, taken.toUpperCase()],
      [`${long}1.bin`, `${long}2.bin`, `${long}3.bin`],
      ['a', 'A/b', 'a /c', 'b/c/d', 'B/C'],
    ];
    for (const set of sets) {
      const names = uniqueCleanNames(set);
      expect(new Set([...names.values()].map((name) => collisionKey(name))).size).toBe(set.length);
      expect(uniqueCleanNames(set.toReversed())).toEqual(names);
      const folders = [...names.values()].flatMap((name) =>
        name.includes('/') ? [collisionKey(name.slice(0, name.lastIndexOf('/')))] : [],
      );
      for (const name of names.values()) {
        expect(folders).not.toContain(collisionKey(name));
        for (const segment of name.split('/')) expectClean(segment);
      }
    }
  });
});

describe('made-up names', () => {
  const pieces = [
    'a',
    'B',
    '0',
    '-',
    '_',
    '.',
    '..',
    ' ',
    '/',
    '\\',
    ':',
    'con',
    'NUL',
    'com¹',
    '.bin',
    '.safetensors',

    'ü',
    'e\u0301',
    '\u0301',
    '模',
    '👩‍👩‍👧',
    '\u202e',
    '\u0000',
    '\u0085',
    '\ud800',
    'ﬁ',
    'İ',
    'ß',
    '가',
    '\u1100',
    '\u1161',
    'x'.repeat(120),
    '模'.repeat(80),
    '-'.repeat(130),
    '.'.repeat(20),
  ];

  it('come out clean, and cleaning them again changes nothing', () => {
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < NAMES; round += 1) {
      const name = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)] ?? '').join('');
      const cleaned = cleanName(name);
      if (!isSafeOnPosix(cleaned) || !isSafeOnWindows(cleaned) || judgeName(cleaned) !== null) expectClean(cleaned);
      if (cleanName(cleaned) !== cleaned) expect(cleanName(cleaned), JSON.stringify(name)).toBe(cleaned);
      if (Array.from(cleaned).length > longest || cleaned !== cleaned.normalize('NFC')) expectClean(cleaned);
      // What is let through as it is can be used as it is, segment by segment.
      if (judgeName(name) === null) {
        for (const segment of name.split('/')) {
          if (!isSafeOnPosix(segment) || !isSafeOnWindows(segment)) expect(segment, 'is let through').toBe('');
        }
      }
    }
    expect(NAMES).toBeGreaterThan(0);
  }, 600_000);
});
