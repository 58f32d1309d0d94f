import { expect, test } from 'vitest';
import { makeRecord } from '../records.test-helper.ts';
import { searchTextOf } from './search-text.ts';
import { joinedOf, spellingsOf, splitAtDigits, withoutTags, wordsOf } from './words.ts';

test.each([
  ['FLUX.1-dev', ['flux', '1', 'dev']],
  ['Llama-3-8B-Instruct-Q4_K_M.gguf', ['llama', '3', '8b', 'instruct', 'q4', 'k', 'm', 'gguf']],
  ['t5xxl_fp16', ['t5xxl', 'fp16']],
  ['Ünïcode Æther ﬁne', ['unicode', 'æther', 'fine']],
  ['İstanbul ２０２４', ['istanbul', '2024']],
  ['漫画 モデル', ['漫画', 'モテル']],
  ['\0"\'^*:() --', []],
  ['\uE000type', ['type']],
  ['😀', []],
  ['', []],
])('the words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test('spellings: as it is, cut at digits, with numbers written to their word; of labels all together', () => {
  expect(spellingsOf(['flux', '1', 'dev'])).toEqual(['flux 1 dev', 'flux1']);
  expect(spellingsOf(['flux', '1', 'dev'], joinedOf)).toEqual(['flux 1 dev', 'flux1', 'flux1dev']);
  expect(joinedOf(['x'.repeat(61)])).toEqual([]);
  expect(spellingsOf(['llama', '3', '1', '8b'])).toEqual([
    'llama 3 1 8b',
    'llama 3 1 8 b',
    'llama3',
    'llama31',
    'llama318',
  ]);
  expect(spellingsOf(['t5xxl'])).toEqual(['t5xxl', 't 5 xxl', 't5']);
  expect(spellingsOf(['8', 'bit'], joinedOf)).toEqual(['8 bit', '8bit']);
  expect(spellingsOf(['vae'])).toEqual(['vae']);
  expect(spellingsOf([])).toEqual([]);
  expect(splitAtDigits(['été2024', 'x'])).toEqual(['été', '2024', 'x']);
});

test('tags of a description are not words', () => {
  expect(wordsOf(withoutTags('<p class="big">a <b>red</b> dress</p> 1 < 2'))).toEqual(['a', 'red', 'dress', '1', '2']);
  // In quadratic time this would take minutes, and the test would be given up.
  expect(withoutTags('<'.repeat(1_000_000))).toHaveLength(1_000_000);
});

test('what is indexed of a model', () => {
  const record = makeRecord(1, {
    officialName: 'FLUX.1 dev',
    family: 'flux1',
    baseModel: 'Flux.1 D',
    tags: ['style', 'style'],
    triggerWords: ['ohwx man'],
    description: '<p>paints style</p>',
  });
  const text = searchTextOf(record);
  expect(text).toMatchObject({
    sortName: 'flux 1 dev',
    joinedName: 'flux1dev',
    names: 'flux 1 dev flux1',
    files: 'flux 1 dev safetensors',
  });
  expect(text.labels).toBe('checkpoint flux1 flux 1 flux 1 d flux1d safetensors style ohwx man ohwxman');
  expect(new Set(text.words.split(' ')).size).toBe(text.words.split(' ').length);
  expect(text.words).toContain('paints');
});

test('a text without end is cut', () => {
  const record = makeRecord(1, { description: 'word '.repeat(100_000), tags: ['x'.repeat(100_000)] });
  const { labels, words } = searchTextOf(record);
  expect(labels.length).toBeLessThanOrEqual(20_000);
  expect(words.length).toBeLessThanOrEqual(60_000);
});
