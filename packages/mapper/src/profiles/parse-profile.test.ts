import { isModelkeepError } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import type { AppProfile } from './app-profile.ts';
import { parseAppProfile } from './parse-profile.ts';

const valid: AppProfile = {
  id: 'my-app',
  name: 'My app',
  way: { kind: 'links' },
  otherWays: [],
  marks: ['run.py'],
  pluginFolder: null,
  rules: [
    {
      types: ['lora'],
      folders: [{ path: 'models/Lora', since: null }],
      accepts: [
        {
          formats: ['safetensors'],
          extensions: ['.safetensors'],
          link: 'file',
          shards: 'refuse',
          needsOneOf: [],
          plugin: null,
        },
      ],
    },
  ],
  unmapped: [],
};
const [rule] = valid.rules;
const [accepts] = rule?.accepts ?? [];

describe('parseAppProfile', () => {
  it('answers a valid profile as it is', async () => {
    expect(await parseAppProfile(valid)).toEqual(valid);
  });

  it.each([
    ['/id', { ...valid, id: 'My App' }],
    ['/way/kind', { ...valid, way: { kind: 'copies' } }],
    ['/way/format', { ...valid, way: { kind: 'store', format: 'docker' } }],
    ['/otherWays/0/reason', { ...valid, otherWays: [{ kind: 'plan-only', reason: '' }] }],
    ['/marks/0', { ...valid, marks: ['../run.py'] }],
    ['/marks', { ...valid, marks: [] }],
    ['/pluginFolder', { ...valid, pluginFolder: '/extensions' }],
    ['/rules', { ...valid, rules: [] }],
    ['/rules/0/types/0', { ...valid, rules: [{ ...rule, types: ['loras'] }] }],
    [
      '/rules/0/folders/0/path',
      { ...valid, rules: [{ ...rule, folders: [{ path: 'models/../../etc', since: null }] }] },
    ],
    ['/rules/0/folders/0/path', { ...valid, rules: [{ ...rule, folders: [{ path: 'C:/models', since: null }] }] }],
    ['/rules/0/folders/0/path', { ...valid, rules: [{ ...rule, folders: [{ path: 'models\\lora', since: null }] }] }],
    ['/rules/0/folders/0/path', { ...valid, rules: [{ ...rule, folders: [{ path: '', since: null }] }] }],
    ['/rules/0/folders/0/since', { ...valid, rules: [{ ...rule, folders: [{ path: 'models', since: 'soon' }] }] }],
    [
      '/rules/0/accepts/0/extensions/0',
      { ...valid, rules: [{ ...rule, accepts: [{ ...accepts, extensions: ['safetensors'] }] }] },
    ],
    ['/rules/0/accepts/0/extensions', { ...valid, rules: [{ ...rule, accepts: [{ ...accepts, extensions: [] }] }] }],
    [
      '/rules/0/accepts/0/needsOneOf/0/0',
      { ...valid, rules: [{ ...rule, accepts: [{ ...accepts, needsOneOf: [['/etc/passwd']] }] }] },
    ],
    [
      '/pluginFolder',
      { ...valid, rules: [{ ...rule, accepts: [{ ...accepts, plugin: { name: 'x', missing: 'skip' } }] }] },
    ],
    ['/', { ...valid, folders: [] }],
    ['/', 'comfyui'],
    ['/', null],
  ])('refuses what is wrong at %s', async (pointer, profile) => {
    const error = await parseAppProfile(profile).catch((reason: unknown) => reason);
    expect(isModelkeepError(error, 'mapper.invalid-profile')).toBe(true);
    expect(error).toMatchObject({ facts: { pointer } });
  });
});
