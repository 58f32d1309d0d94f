import { errorFromJSON, isModelkeepError, ModelkeepError, serialiseError } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import { systemCodeOf } from './system-code-of.ts';
import { translateSystemError } from './translate-system-error.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

describe('translateSystemError', () => {
  it.each([
    ['ENOSPC', 'io.disk-full'],
    ['EDQUOT', 'io.disk-full'],
    ['EROFS', 'io.read-only'],
    ['EACCES', 'io.permission'],
    ['EPERM', 'io.permission'],
    ['ENOENT', 'io.not-found'],
    ['EEXIST', 'io.exists'],
    ['EIO', 'io.failed'],
    ['EXDEV', 'io.failed'],
  ])('makes of %s the error %s, with path, cause and hint', (systemCode, code) => {
    const cause = systemError(systemCode);
    const error = translateSystemError(cause, { path: '/data/x', operation: 'write' });
    expect(error).toMatchObject({ code, facts: { path: '/data/x' }, cause, hint: expect.any(String) });
    expect(error.message).toContain('cannot write /data/x');
    expect(systemCodeOf(error)).toBe(systemCode);
  });

  it.each(['EMFILE', 'ENFILE'] as const)('says of %s how many files may be open, and what to do', (systemCode) => {
    const cause = systemError(systemCode);
    const error = translateSystemError(cause, { path: '/data/x', operation: 'write' });
    const hint: unknown = expect.stringMatching(systemCode === 'EMFILE' ? /ulimit -n/ : /file-max/);
    expect(error).toMatchObject({ code: 'core.too-many-files', facts: { what: '/data/x', systemCode }, cause, hint });
    expect(systemCodeOf(errorFromJSON(structuredClone(serialiseError(error))))).toBe(systemCode);
    if (process.platform === 'linux' && systemCode === 'EMFILE') {
      expect(error.facts).toMatchObject({ limit: expect.any(Number) as unknown });
    }
  });

  it('keeps what is no system error apart', () => {
    expect(translateSystemError('odd', { path: '/x', operation: 'read' })).toMatchObject({
      code: 'io.failed',
      facts: { systemCode: 'UNKNOWN', operation: 'read' },
    });
    const known = new ModelkeepError('core.closed', { message: 'closed', facts: { resource: 'x' } });
    expect(translateSystemError(known, { path: '/x', operation: 'read' })).toBe(known);
  });

  it('is still known across the border of a thread', () => {
    for (const code of ['ENOSPC', 'EIO']) {
      const error = translateSystemError(systemError(code), { path: '/x', operation: 'write' });
      const arrived = errorFromJSON(structuredClone(serialiseError(error)));
      expect(isModelkeepError(arrived, error.code)).toBe(true);
      expect(systemCodeOf(arrived)).toBe(code);
    }
  });
});

describe('systemCodeOf', () => {
  it('is undefined where no system call failed', () => {
    expect(systemCodeOf('ENOENT')).toBeUndefined();
    expect(systemCodeOf(new Error('x'))).toBeUndefined();
    expect(systemCodeOf(new ModelkeepError('core.closed', { message: 'x', facts: { resource: 'x' } }))).toBeUndefined();
  });
});
