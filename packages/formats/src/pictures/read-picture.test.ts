import { buildSafetensors } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { bytesSource } from '../source/bytes-source.ts';
import { pictureKind } from './picture-kind.ts';
import { MAX_PICTURE_BYTES, readPicture } from './read-picture.ts';

const png = Buffer.from('\u0089PNG\r\n\u001a\n and more', 'latin1');
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

it.each([
  [png, 'png'],
  [jpeg, 'jpeg'],
  [Buffer.from('RIFF1234WEBPVP8 '), 'webp'],
  [Buffer.from('RIFF1234WAVEfmt '), null],
  [Buffer.from('RIFF'), null],
  [Buffer.from('GIF89a..'), 'gif'],
  [Buffer.from('<!doctype html>'), null],
  [Buffer.from('{"error":"no"}'), null],
  [Buffer.alloc(0), null],
])('%s is %s', (bytes, kind) => expect(pictureKind(bytes)).toBe(kind));

const tensors = { weight: { dtype: 'F32', shape: [1] } } as const;
const header = (metadata: Record<string, string>): Uint8Array => buildSafetensors({ metadata, tensors });

it.each<readonly [string, Uint8Array, Uint8Array | null]>([
  ['a picture itself', png, png],
  ['a header', header({ 'modelspec.thumbnail': `data:image/jpeg;base64,${png.toString('base64')}` }), png],
  ['a header with several', header({ ssmd_cover_images: JSON.stringify(['bm8=', jpeg.toString('base64')]) }), jpeg],
  ['SwarmUI’s JSON', Buffer.from(JSON.stringify({ preview_image: `data:;base64,${jpeg.toString('base64')}` })), jpeg],
  ['a header without one', header({ 'modelspec.thumbnail': 'data:text/html;base64,bm8=' }), null],
  ['a list that is none', header({ ssmd_cover_images: '{"a":1}' }), null],
  ['a header that is broken', Buffer.from([255, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7b]), null],
  ['JSON that is broken', Buffer.from('{"preview_image": '), null],
  ['nothing', Buffer.alloc(0), null],
  ['one that is too large', Buffer.concat([png, Buffer.alloc(MAX_PICTURE_BYTES)]), null],
])('%s', async (_, bytes, expected) => {
  const picture = await readPicture(bytesSource(bytes));
  expect(picture === null ? null : Buffer.from(picture.bytes)).toEqual(
    expected === null ? null : Buffer.from(expected),
  );
});
