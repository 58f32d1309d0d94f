import type { AppMapping, ModelMapping } from '@modelkeep/core';

/** @internal A number from 0 up to, and without, what is asked. */
export type Random = (below: number) => number;

/** @internal A small random generator (mulberry32), so that a failing seed can be run again. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** @internal Versions that an app is said to have; undefined: nobody says. */
export const randomVersions: readonly (string | undefined)[] = ['0.2.0', '0.3.40', '1.0.0', undefined];

/** @internal What a person may say about a model; undefined: nothing. Names are made from a word that no other model has. */
export function randomMapping(random: Random, word: string): ModelMapping | undefined {
  const said: readonly AppMapping[] = [
    { link: false },
    { link: true },
    { name: `${word} of mine` },
    { folder: 'people' },
    { folder: 'people/of mine', name: `${word}.v2` },
    { folder: '../../outside' },
    { name: 'con' },
    {},
  ];
  const ranges = ['>=0.3.0', '<0.3.0', '>=0.3.0 <1.0.0', 'no range'];
  const what = random(said.length + ranges.length + 1);
  if (what === said.length + ranges.length) return undefined;
  const range = ranges[what - said.length];
  if (range !== undefined) return { apps: {}, versionRanges: { comfyui: range }, problems: {} };
  return { apps: { [random(2) === 0 ? 'comfyui' : '*']: said[what] ?? {} }, versionRanges: {}, problems: {} };
}
