import { isModelkeepError } from '@modelkeep/core';
import { describe, expect, it } from 'vitest';
import type { AppProfile } from './app-profile.ts';
import { parseAppProfile } from './parse-profile.ts';

const valid: AppProfile = {
  id: 'my-app',
  name: 'My app',
  way: { kind: 'links' },
  otherWays: [],
  versions: { scheme: 'semver', files: [], holdsFor: '*' },
  fileNames: 'cleaned',
  sidecars: { metadata: 'none', previews: [] },
  marks: ['run.py'],
  signs: null,
  pluginFolder: null,
  rules: [
    {
      types: ['lora'],
      families: null,
      advice: null,
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
  configFiles: [],
};
const configFile = {
  format: 'webui-user',
  path: 'run.sh',
  windowsPath: null,
  settings: [{ folder: 'models/Lora', key: 'lora-dir', effect: 'replaces' }],
  note: null,
};
const [rule] = valid.rules;
const [accepts] = rule?.accepts ?? [];

/** As JSON has it: a field of its own that is called like what every object inherits. */
function withInherited(value: object): unknown {
  return JSON.parse(JSON.stringify(value).replace('{', '{"__proto__": {"polluted": true},'));
}

describe('parseAppProfile', () => {
  it('answers a valid profile as it is', async () => {
    expect(await parseAppProfile(valid)).toEqual(valid);
  });

  it.each([
    ['/id', { ...valid, id: 'My App' }],
    ['/way/kind', { ...valid, way: { kind: 'copies' } }],
    ['/way/format', { ...valid, way: { kind: 'store', format: 'docker' } }],
    ['/otherWays/0/reason', { ...valid, otherWays: [{ kind: 'plan-only', reason: '' }] }],
    ['/way/format', { ...valid, way: { kind: 'config', format: 'webui-user' } }],
    ['/versions/scheme', { ...valid, versions: { ...valid.versions, scheme: 'roman' } }],
    ['/versions/holdsFor', { ...valid, versions: { ...valid.versions, holdsFor: 'the new ones' } }],
    [
      '/versions/files/0/path',
      { ...valid, versions: { ...valid.versions, files: [{ path: '../v', after: 'v', before: ' ' }] } },
    ],
    ['/sidecars/previews/0', { ...valid, sidecars: { metadata: 'none', previews: ['/../x.png'] } }],
    ['/signs/none/0', { ...valid, signs: { all: ['run.py'], none: ['*/x'] } }],
    ['/configFiles/0/path', { ...valid, configFiles: [{ ...configFile, path: '/etc/passwd' }] }],
    [
      '/configFiles/0/settings/0/folder',
      {
        ...valid,
        configFiles: [{ ...configFile, settings: [{ folder: 'models/VAE', key: 'vae-dir', effect: 'adds' }] }],
      },
    ],
    [
      '/configFiles/0/settings/0/key',
      {
        ...valid,
        configFiles: [{ ...configFile, settings: [{ folder: 'models/Lora', key: 'x; rm', effect: 'adds' }] }],
      },
    ],
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
    ['/', withInherited(valid)],
    ['/rules/0', { ...valid, rules: [withInherited(rule ?? {})] }],
    [
      '/rules/0/folders/0/path',
      { ...valid, rules: [{ ...rule, folders: [{ path: '__proto__/../..', since: null }] }] },
    ],
    ['/', 'comfyui'],
    ['/', null],
  ])('refuses what is wrong at %s', async (pointer, profile) => {
    const error = await parseAppProfile(profile).catch((reason: unknown) => reason);
    expect(isModelkeepError(error, 'mapper.invalid-profile')).toBe(true);
    expect(error).toMatchObject({ facts: { pointer } });
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
