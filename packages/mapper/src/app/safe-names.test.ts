import { describe, expect, it } from 'vitest';
import { foldName, isInside, isSafeRelativePath, isSafeSegment } from './safe-names.ts';

describe('isSafeSegment', () => {
  it.each([
    'model.safetensors',
    'flux1-dev',
    '模型.gguf',
    'café',
    'two words',
    '.hidden',
    'console.txt',
    'a'.repeat(255),
  ])('takes %j', (name) => expect(isSafeSegment(name)).toBe(true));

  it.each([
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    'a\0b',
    'a\nb',
    'a:b',
    'a*',
    'con',
    'CON.txt',
    'com1',
    'COM¹',
    'lpt9.safetensors',
    'nul .txt',
    'CONIN$',
    'trailing.',
    'trailing ',
    'evil\u202Egnp.exe',
    '\uD800',
    'a'.repeat(256),
    'é'.repeat(128),
  ])('refuses %j', (name) => expect(isSafeSegment(name)).toBe(false));
});

describe('isSafeRelativePath', () => {
  it.each(['models', 'models/loras', 'a/b/c.safetensors'])('takes %j', (path) =>
    expect(isSafeRelativePath(path)).toBe(true),
  );
  it.each(['', '/', '/etc', 'a//b', 'a/', '../a', 'a/../b', 'a/./b', 'C:/a', '//server/share', 'x/'.repeat(16) + 'x'])(
    'refuses %j',
    (path) => expect(isSafeRelativePath(path)).toBe(false),
  );
});

describe('isInside', () => {
  it('takes the folder itself and what is below it', () => {
    expect(isInside('/app', '/app')).toBe(true);
    expect(isInside('/app', '/app/..models')).toBe(true);
    expect(isInside('/', '/app')).toBe(true);
  });
  it('does not take what only starts alike', () => {
    expect(isInside('/app', '/app2')).toBe(false);
    expect(isInside('/app/models', '/app')).toBe(false);
    expect(isInside('/app', '/')).toBe(false);
  });
});

describe('foldName', () => {
  it('makes one form of upper and lower case, and of composed and compatible characters', () => {
    expect(foldName('CAFE\u0301')).toBe(foldName('café'));
    expect(foldName('Flux①')).toBe('flux1');
  });
});
