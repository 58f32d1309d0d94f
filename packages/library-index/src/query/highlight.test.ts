import { expect, test } from 'vitest';
import { makeRecord } from '../records.test-helper.ts';
import { highlightRecord, rangesOf } from './highlight.ts';
import { parseQuery } from './parse-query.ts';

const marked = (text: string, ...wanted: readonly string[]): string[] =>
  rangesOf(text, wanted).map(({ start, end }) => text.slice(start, end));

test.each([
  ['FLUX.1-dev', ['flux1'], ['FLUX.1']],
  ['FLUX.1-dev', ['flux', 'dev'], ['FLUX', 'dev']],
  ['FLUX.1-dev', ['flux1dev'], ['FLUX.1-dev']],
  ['FLUX.1-dev', ['lux'], []],
  ['t5xxl_fp16', ['xxl', '16'], ['xxl', '16']],
  ['Café Noir', ['cafe'], ['Café']],
  ['Cafe\u0301 Noir', ['cafe'], ['Cafe\u0301']],
  ['ﬁne ﬁner', ['fin'], ['ﬁn', 'ﬁn']],
  ['a 😀 flux 😀 漫画', ['flux', '漫'], ['flux', '漫']],
  ['flux-1 flux', ['flux1', 'flux'], ['flux-1', 'flux']],
  ['<b>flux</b>', ['flux', 'b'], ['b', 'flux', 'b']],
  ['', ['flux'], []],
  ['flux', [''], []],
])('in %j %j is at %j', (text, wanted, expected) => {
  expect(marked(text, ...wanted)).toEqual(expected);
});

test('a model has its query in every text that is searched', () => {
  const record = makeRecord(1, {
    officialName: 'Flux dev',
    tags: ['ink', 'fluxed'],
    description: 'made with flux',
    sources: [{ provider: 'hf', endpoint: null, repo: 'acme/flux-ink', revision: null, commit: null, path: null }],
  });
  const found = highlightRecord(record, parseQuery('flux').terms).map(({ field, place, ranges }) => [
    field,
    place,
    ranges,
  ]);
  expect(found).toEqual([
    ['officialName', null, [{ start: 0, end: 4 }]],
    ['tags', 1, [{ start: 0, end: 4 }]],
    ['repos', 0, [{ start: 5, end: 9 }]],
    ['files', 0, [{ start: 0, end: 4 }]],
    ['description', null, [{ start: 10, end: 14 }]],
  ]);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test('a long text is neither read nor marked to its end', () => {
  const ranges = rangesOf('flux '.repeat(100_000), ['flux', 'f']);
  expect(ranges.length).toBeLessThanOrEqual(50);
});
