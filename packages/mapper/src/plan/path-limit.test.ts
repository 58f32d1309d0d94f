import { describe, expect, it } from 'vitest';
import { pathTooLong } from './path-limit.ts';

describe('the path of a link', () => {
  it.each([
    ['linux', '/'.padEnd(4_095, 'a'), '/'.padEnd(4_096, 'a')],
    ['darwin', `/${'ü'.repeat(511)}`, `/${'ü'.repeat(512)}`],
    ['win32', `C:\\${'ü'.repeat(256)}`, `C:\\${'ü'.repeat(257)}`],
  ] as const)('has a limit on %s', (platform, longest, tooLong) => {
    expect(pathTooLong(longest, platform)).toBeNull();
    expect(pathTooLong(tooLong, platform)).toMatchObject({ code: 'path-too-long' });
  });
});
