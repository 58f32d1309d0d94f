import { expect, it } from 'vitest';
import { dispositionName } from './content-disposition.ts';

it.each([
  [undefined, null],
  ['', null],
  ['attachment', null],
  ['attachment; filename=a.gguf', 'a.gguf'],
  ['attachment; FileName = "a b.gguf" ; x=1', 'a b.gguf'],
  [String.raw`inline; filename="a \"b\".gguf"`, 'a "b".gguf'],
  ["attachment; filename=plain.gguf; filename*=UTF-8''na%C3%AFve.gguf", 'naïve.gguf'],
  ["attachment; filename*=utf-8'en'a%20b.gguf", 'a b.gguf'],
  ["attachment; filename*=iso-8859-1''na%EFve.gguf", 'naïve.gguf'],
  ["attachment; filename*=UTF-8''%zz; filename=plain.gguf", 'plain.gguf'],
  ["attachment; filename*=koi8-r''a.gguf", null],
  ['attachment; filename="first.gguf"; filename="second.gguf"', 'first.gguf'],
  ['attachment; filename=""', null],
  ["attachment; filename*=UTF-8''..%2F..%2Fevil.gguf", '../../evil.gguf'],
  [`attachment; filename="${'\\"'.repeat(5_000)}`, null],
])('reads %j', (header, expected) => {
  expect(dispositionName(header)).toBe(expected);
});
