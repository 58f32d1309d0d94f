import { describe, expect, it } from 'vitest';
import { noCivitaiDetails } from '../records/civitai-details.ts';
import { plainText } from '../text/plain-text.ts';
import { factsOfCivitai } from './civitai-facts.ts';
import { familyOfBaseModel, typeOfCivitaiWord } from './civitai-words.ts';

describe('the words of Civitai', () => {
  it.each([
    ['LORA', 'lora'],
    ['LoCon', 'lora'],
    ['DoRA', 'lora'],
    ['TextualInversion', 'embedding'],
    ['Controlnet', 'controlnet'],
    ['MotionModule', 'motion-module'],
    ['Workflows', null],
    ['', null],
    [undefined, null],
  ])('%s is the type %s', (word, type) => {
    expect(typeOfCivitaiWord(word)).toBe(type);
  });

  it.each([
    ['SD 1.5', 'sd1'],
    ['SD 1.5 LCM', 'sd1'],
    ['SD 2.1 768', 'sd2'],
    ['SD 3.5 Large Turbo', 'sd3'],
    ['SDXL Lightning', 'sdxl'],
    ['Pony', 'sdxl'],
    ['Pony V7', null],
    ['Illustrious', 'sdxl'],
    ['Flux.1 Kontext', 'flux1'],
    ['Flux.2 Klein 9B-base', 'flux2'],
    ['Flux 3 Video', null],
    ['Wan Video 2.2 I2V-A14B', 'wan'],
    ['Wan Video 2.5 T2V', null],
    ['Qwen', 'qwen-image'],
    ['Qwen 2', null],
    ['ZImageTurbo', 'z-image'],
    ['Other', null],
  ])('%s is of the family %s', (baseModel, family) => {
    expect(familyOfBaseModel(baseModel)).toBe(family);
  });

  it('that say nothing state nothing', () => {
    const facts = factsOfCivitai({ ...noCivitaiDetails, baseModel: 'Other', trainedWords: [] }, { tags: [] });
    expect(Object.values(facts).filter((value) => value !== null)).toEqual([]);
  });
});

describe('the text of HTML', () => {
  it.each([
    ['<p>One <b>two</b></p><p>three&nbsp;&amp; four</p>', 'One two\n\nthree & four'],
    ['a<script>alert(1)</script>b<style>x{}</style>', 'ab'],
    ['a<script>never ends', 'a'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['&#65;&#x42;&#0;&#xd800;&unknown;', 'AB&#0;&#xd800;&unknown;'],
    ['<', '<'],
    ['<!-- note -->x', 'x'],
  ])('%s is %s', (html, text) => {
    expect(plainText(html, 1_000)).toBe(text);
  });

  // In quadratic time this would take minutes, and the test would be given up.
  it('is bounded, and read in linear time', () => {
    expect(plainText('<p>'.repeat(500_000), 100_000)).toBe('');
    expect(plainText('<script>'.repeat(100_000), 100_000)).toBe('');
    expect(plainText('<'.repeat(1_000_000), 100_000)).toHaveLength(100_000);
  });
});
