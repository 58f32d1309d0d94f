import { describe, expect, it } from 'vitest';
import { cleanName, cleanPath } from './clean-name.ts';
import { judgeName } from './judge-name.ts';
import { refuseUnsafeNames } from './refuse-unsafe-names.ts';
import { chooseSlug, isSlug } from './slug.ts';
import { collisionKey, uniqueCleanNames, withSuffix } from './unique-names.ts';

const refused: readonly (readonly [string, string])[] = [
  ['', 'empty'],
  ['a//b', 'empty'],
  ['a/', 'empty'],
  ['..', 'traversal'],
  ['.', 'traversal'],
  ['../evil.safetensors', 'traversal'],
  ['a/../../b', 'traversal'],
  ['a/./b', 'traversal'],
  ['/etc/passwd', 'absolute'],
  ['C:/x', 'absolute'],
  ['c:x', 'absolute'],
  ['..\\evil', 'backslash'],
  ['\\\\server\\share\\x', 'backslash'],
  ['a\\b', 'backslash'],
  ['a\0b', 'control-character'],
  ['a\nb', 'control-character'],
  ['a\u0085b', 'control-character'],
  ['model\u202Esrotnesrofas', 'bidi-control'],
  ['a:b', 'absolute'],
  ['ab:c', 'reserved-character'],
  ['model.safetensors:stream', 'reserved-character'],
  ['a<b', 'reserved-character'],
  ['what?.bin', 'reserved-character'],
  ['*.bin', 'reserved-character'],
  ['a|b', 'reserved-character'],
  ['con', 'device-name'],
  ['con.txt', 'device-name'],
  ['dir/CON.safetensors', 'device-name'],
  ['NUL.tar.gz', 'device-name'],
  ['COM1', 'device-name'],
  ['com¹.bin', 'device-name'],
  ['lpt9.txt', 'device-name'],
  ['aux.json/x', 'device-name'],
  ['CONIN$', 'device-name'],
  ['name.', 'trailing-dot-or-space'],
  ['name ', 'trailing-dot-or-space'],
  ['dir./x', 'trailing-dot-or-space'],
  ['...', 'trailing-dot-or-space'],
  [`${'n'.repeat(300)}.safetensors`, 'too-long'],
  [`${'é'.repeat(130)}.bin`, 'too-long'],
  ['lone\ud800surrogate', 'not-unicode'],
];

describe('judging a name', () => {
  it.each(refused)('refuses %j as %s', (name, problem) => {
    expect(judgeName(name)).toBe(problem);
  });

  it.each([
    'model.safetensors',
    'text_encoder/model-00001-of-00002.safetensors',
    'console.txt',
    'com10.bin',
    'a b (v2).bin',
    '模型/重量.gguf',
    '.gitattributes',
    'x..y',
  ])('accepts %j', (name) => {
    expect(judgeName(name)).toBeNull();
  });

  it('names every refused file at once, shortened in the message and whole in the facts', () => {
    const long = `${'x'.repeat(300)}.bin`;
    expect(() => refuseUnsafeNames(['ok.bin', '../up.bin', long])).toThrow(
      expect.objectContaining({
        code: 'library.unsafe-name',
        facts: {
          names: [
            { name: '../up.bin', problem: 'traversal' },
            { name: long, problem: 'too-long' },
          ],
        },
      }),
    );
    expect(() => refuseUnsafeNames(['ok.bin'])).not.toThrow();
  });
});

describe('cleaning a name', () => {
  it.each([
    ['model.safetensors', 'model.safetensors'],
    ['My Model (v2).safetensors', 'My-Model-v2.safetensors'],
    ['  spaced   out .bin', 'spaced-out.bin'],
    ['flux1-dev_fp8.v1.0.gguf', 'flux1-dev_fp8.v1.0.gguf'],
    ['Модель №1.ckpt', 'Модель-1.ckpt'],
    ['cafe\u0301.pt', 'caf\u00e9.pt'],
    ['con.safetensors', 'con-file.safetensors'],
    ['LPT1', 'LPT1-file'],
    ['.hidden', 'hidden'],
    ['...', 'unnamed'],
    ['???', 'unnamed'],
    ['???.bin', 'unnamed.bin'],
    ['a:b', 'a-b'],
    ['a/b', 'a-b'],
  ])('makes %j to %j', (name, cleaned) => {
    expect(cleanName(name)).toBe(cleaned);
  });

  it('keeps the extension and stays within 128 characters and 255 bytes', () => {
    const latin = cleanName(`${'n'.repeat(300)}.safetensors`);
    expect(latin).toHaveLength(128);
    expect(latin.endsWith('n.safetensors')).toBe(true);
    const wide = cleanName(`${'模'.repeat(300)}.safetensors`);
    expect(Buffer.byteLength(wide)).toBeLessThanOrEqual(255);
    expect(wide.endsWith('模.safetensors')).toBe(true);
  });

  it('gives names that pass the judge, and that it leaves alone the second time', () => {
    for (const [name] of refused) {
      const cleaned = cleanName(name);
      expect(judgeName(cleaned), cleaned).toBeNull();
      expect(cleanName(cleaned)).toBe(cleaned);
    }
  });

  it('cleans each segment of a path', () => {
    expect(cleanPath('text encoder/model (1).safetensors')).toBe('text-encoder/model-1.safetensors');
  });
});

describe('unique names', () => {
  it('renames a mere case collision and leaves the first alone, in whatever order they come', () => {
    const names = uniqueCleanNames(['model.safetensors', 'Model.safetensors']);
    expect(names.get('Model.safetensors')).toBe('Model.safetensors');
    expect(names.get('model.safetensors')).toMatch(/^model-[0-9a-f]{8}\.safetensors$/);
    expect(uniqueCleanNames(['Model.safetensors', 'model.safetensors'])).toEqual(names);
  });

  it('tells apart what only cleaning or compatibility forms made equal', () => {
    const names = uniqueCleanNames(['a b.bin', 'a-b.bin', 'ﬁle.bin', 'file.bin']);
    expect(new Set([...names.values()].map((name) => collisionKey(name))).size).toBe(4);
  });

  it('puts a suffix before the extension of the last segment', () => {
    expect(withSuffix('a.b/c.txt', 'x')).toBe('a.b/c-x.txt');
    expect(withSuffix('a.b/c', 'x')).toBe('a.b/c-x');
    expect(withSuffix('a/.c', 'x')).toBe('a/.c-x');
  });
});

describe('slugs', () => {
  it('are folders for people', () => {
    expect(chooseSlug({ type: 'llm', family: 'llama', name: 'Llama-3-8B-Instruct-Q4_K_M' })).toBe(
      'llm/llama/llama-3-8b-instruct-q4-k-m',
    );
    expect(chooseSlug({ type: 'diffusion-model', family: 'flux1', name: 'flux1-dev' })).toBe(
      'diffusion/flux1/flux1-dev',
    );
    expect(chooseSlug({ type: 'unknown', family: null, name: '???' })).toBe('other/other/unnamed');
  });

  it('are checked when they are read back', () => {
    expect(isSlug('lora/sdxl/x')).toBe(true);
    for (const bad of ['', 'a/b', 'a/b/c/d', '../b/c', 'a/../c', 'a/b/..', '/a/b/c', 'a/.b/c', 'a/b/c\0'])
      expect(isSlug(bad), bad).toBe(false);
  });
});
