import { fileRole, type ModelFile } from '@modelkeep/core';
import type { TreeFile } from '@modelkeep/hf-client';
import { expect, it } from 'vitest';
import { compareWithTree, type TreeComparison } from './compare-tree.ts';

const here = (path: string, content: string): ModelFile => ({
  name: path,
  officialName: path,
  role: fileRole(path),
  sizeBytes: content.length,
  sha256: content,
  blake3: null,
  gitSha1: null,
  source: null,
});
const there = (path: string, content: string): TreeFile => {
  const isWeights = fileRole(path) === 'weights';
  return { path, sizeBytes: content.length, sha256: isWeights ? content : null, gitSha1: isWeights ? null : content };
};

interface Told extends Pick<TreeComparison, 'isGone'> {
  readonly changes: readonly (readonly [string, string])[];
  readonly wanted: readonly string[];
}

async function compare(
  own: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
  before: readonly string[] | null = Object.keys(own),
): Promise<Told> {
  const { changes, wanted, isGone } = await compareWithTree({
    own: Object.entries(own).map(([path, content]) => here(path, content)),
    files: Object.entries(files).map(([path, content]) => there(path, content)),
    before: before === null ? null : new Set(before),
    isSame: async (one, other) => one.sha256 === (other.sha256 ?? other.gitSha1),
  });
  return { changes: changes.map(({ change, path }) => [change, path]), wanted: wanted.map(({ path }) => path), isGone };
}

const model = { 'a.safetensors': 'weights', 'a.json': '{}' };

it('weights under another name are the same, and small files are looked for by their name only', async () => {
  expect(await compare(model, { 'b.safetensors': 'weights', 'b.json': '{}' })).toEqual({
    changes: [
      ['renamed', 'b.safetensors'],
      ['removed', 'a.json'],
      ['added', 'b.json'],
    ],
    wanted: ['b.safetensors', 'b.json'],
    isGone: false,
  });
});

it('what was left out is left out again, where it is known what there was', async () => {
  const now = { ...model, 'c.json': '{}', 'x/c.json': '{}', 'd.safetensors': 'others' };
  const added = { changes: [['added', 'c.json']], wanted: ['a.safetensors', 'a.json', 'c.json'], isGone: false };
  expect(await compare(model, now)).toEqual(added);
  expect(await compare(model, now, [...Object.keys(model), 'c.json'])).toMatchObject({ changes: [] });
  expect(await compare(model, now, null)).toMatchObject({ changes: [] });
  // Who took nothing but the weights wants nothing but the weights.
  expect(await compare({ 'a.safetensors': 'weights' }, now)).toMatchObject({ changes: [], wanted: ['a.safetensors'] });
});

it('a set that was cut anew comes whole, and one that is there in part stays so', async () => {
  const two = { 'm-00001-of-00002.safetensors': '1', 'm-00002-of-00002.safetensors': '2' };
  const three = [1, 2, 3].map((number) => `m-0000${number}-of-00003.safetensors`);
  const now = { ...Object.fromEntries(three.map((path) => [path, path])), 'm-00001-of-00004.safetensors': 'half' };
  expect(await compare(two, now)).toEqual({
    changes: [...Object.keys(two).map((path) => ['removed', path]), ...three.map((path) => ['added', path])],
    wanted: three,
    isGone: false,
  });
  const first = { 'm-00001-of-00002.safetensors': '1' };
  expect(await compare(first, two)).toMatchObject({ changes: [], wanted: Object.keys(first) });
});

it('a model without weights at its source is gone', async () => {
  expect(await compare(model, { 'a.json': '{"new": true}' })).toMatchObject({
    changes: [
      ['changed', 'a.json'],
      ['removed', 'a.safetensors'],
    ],
    isGone: true,
  });
});
