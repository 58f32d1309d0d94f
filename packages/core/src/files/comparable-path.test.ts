import { expect, it } from 'vitest';
import { commonSegments, comparablePath } from './comparable-path.ts';

it.each([
  ['D:\\SD\\Models\\Lora\\A.safetensors', ['sd', 'models', 'lora', 'a.safetensors'], true],
  ['/mnt/sd/./models//Lora/../Lora/a.safetensors', ['mnt', 'sd', 'models', 'lora', 'a.safetensors'], true],
  ['\\\\nas\\share\\a.safetensors', ['nas', 'share', 'a.safetensors'], true],
  ['loras/a\u0301.safetensors', ['loras', '\u00e1.safetensors'], false],
  ['../../a.safetensors', ['a.safetensors'], false],
])('%s is read as segments', (path, segments, isAbsolute) => {
  expect(comparablePath(path)).toEqual({ segments, isAbsolute });
});

it('what is no path is none', () => {
  for (const path of ['', '/', 'C:', '.', 'a\0b', 'x'.repeat(5_000)]) expect(comparablePath(path), path).toBeNull();
  expect(commonSegments(['a', 'b', 'c'], ['x', 'b', 'c'])).toBe(2);
});
