import { expect, it } from 'vitest';
import { previewNames } from './preview-names.ts';

it.each([
  ['a.safetensors', ['a.jpg', 'a.preview.png', 'a.json', 'b.png'], ['a.preview.png', 'a.jpg']],
  ['a.safetensors', ['a.preview.jpeg', 'a.preview.jpg'], ['a.preview.jpeg', 'a.preview.jpg']],
  ['a.safetensors', ['a.thumb.jpg', 'A.PNG', 'a.mp4'], ['A.PNG', 'a.thumb.jpg']],
  ['a.b.safetensors', ['a.png', 'a.b.png', 'a.b.cover.png'], ['a.b.png', 'a.b.cover.png']],
  ['a', ['a.png'], ['a.png']],
])('the previews of %s among %j are %j', (weights, names, expected) => {
  expect(previewNames(weights, names)).toEqual(expected);
});
