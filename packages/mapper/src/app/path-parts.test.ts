import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, isDirectlyIn, lastSegment } from './path-parts.ts';

describe('paths', () => {
  it.each(['/a/b', '/', '/a/', '/a//b', '/a/../b', '/a/./b', '/a/.b', 'a', '', '.', String.raw`C:\a`])(
    'are put together as join does it, in %j',
    (folder) => {
      for (const path of ['b', 'b/c', '/b', '../b', './b', 'b/', 'b//c', '.b', '', '..', String.raw`b\c`])
        expect(inFolder(folder, path)).toBe(join(folder, path));
    },
  );

  it('are directly in a folder, or not', () => {
    const folder = join('/a', 'b');
    expect(isDirectlyIn(folder, join(folder, 'c'))).toBe(true);
    for (const path of [folder, `${folder}c`, join(folder, 'c', 'd'), join('/a', 'c'), join(folder, 'c', '..')])
      expect(isDirectlyIn(folder, path)).toBe(false);
    expect([lastSegment('a/b'), lastSegment('b'), lastSegment('a/')]).toEqual(['b', 'b', '']);
  });
});
