import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type TestWorld } from '../mapper.test-world.ts';
import type { Mapper } from '../mapper.ts';
import type { LinkPlan } from '../plan/link-plan.ts';
import { comfyui } from '../profiles/comfyui.ts';
import { readTranslationName } from './translation-name.ts';

let world: TestWorld;
let folder: string;
let mapper: Mapper;
beforeEach(async () => {
  world = await createWorld();
  folder = join(world.root, 'translations');
  await mkdir(folder);
  const other = { ...comfyui, id: 'my_app', name: 'My app', signs: null };
  mapper = world.open({ translationFolder: folder, profiles: [comfyui, { ...other, id: 'my' }, other] });
});
afterEach(() => world.close());

const config = async (name: string, content: object | string): Promise<void> =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify({ schema: 1, ...content }));
const loras = (path: string, more: object = {}): object => ({ rules: [{ types: ['lora'], folder: path, ...more }] });
const plan = (
  appVersion?: string,
  more: { readonly app?: string; readonly modelConfig?: string } = {},
): Promise<LinkPlan> =>
  mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, appVersion, models: world.list(), ...more });
const places = ({ entries }: LinkPlan): readonly (string | undefined)[] =>
  entries.map(({ action, folder: at, reason }) => (action === 'skipped' ? reason?.code : `${action} ${at}`));

describe('which translation config counts', () => {
  beforeEach(async () => {
    await world.addModel({ type: 'lora', slug: 'lora/flux1/a' });
    await config('comfyui_any_default.json', loras('models/any'));
    await config('comfyui_0.3.0_default.json', loras('models/v3'));
    await config('comfyui_v0.4_default.json', loras('models/v4'));
    await config('comfyui_0.3.10_small.json', loras('models/small'));
    await config('README.txt', 'not one');
    await config('forge_1.0.0_default.json', '{ of an app that is not known here');
  });

  it.each([
    ['0.2.9', 'models/any', 'comfyui_any_default.json'],
    ['0.3.0', 'models/v3', 'comfyui_0.3.0_default.json'],
    ['0.3.99', 'models/v3', 'comfyui_0.3.0_default.json'],
    ['v0.4.0-3-gabc1234', 'models/v4', 'comfyui_v0.4_default.json'],
    ['12.0.0', 'models/v4', 'comfyui_v0.4_default.json'],
  ])('for %s: the highest version that is not above it', async (version, path, file) => {
    const planned = await plan(version);
    expect([places(planned), planned.translation?.file]).toEqual([[`create ${path}`], file]);
  });

  it.each([undefined, 'deadbeef'])(
    'for a version that is not known (%s) the highest, and a warning',
    async (version) => {
      const planned = await plan(version);
      expect(places(planned)).toEqual(['create models/v4']);
      expect(planned.warnings.map(({ code }) => code)).toContain('version-unknown');
    },
  );

  it('a model config of another name counts where it fits, else the default', async () => {
    expect(places(await plan('0.3.20', { modelConfig: 'small' }))).toEqual(['create models/small']);
    expect(places(await plan('0.3.5', { modelConfig: 'small' }))).toEqual(['create models/v3']);
    await expect(plan('0.3.5', { modelConfig: 'absent' })).rejects.toMatchObject({ code: 'core.invalid-argument' });
  });

  it('is followed when it is applied, and given up with its folder when it is gone', async () => {
    const applied = await mapper.apply(await plan('0.3.0'));
    expect(applied.counts.created).toBe(1);
    expect(places(await plan('0.4.0'))).toEqual(['create models/v4', 'remove models/v3']);
    const withoutConfigs = world.open();
    const planned = await withoutConfigs.planLinks({ app: 'comfyui', appRoot: world.appRoot, models: world.list() });
    expect(places(planned)).toEqual(['create models/loras', 'remove models/v3']);
    expect((await withoutConfigs.apply(planned)).counts).toMatchObject({ created: 1, removed: 1 });
    await expect(withoutConfigs.apply(await plan('0.3.0'))).rejects.toMatchObject({
      code: 'mapper.invalid-plan',
      facts: { pointer: '/entries/0/folder' },
    });
  });
});

describe('what a translation config says', () => {
  it('overrides the profile: folders by family, names, types that are not mapped, and the way', async () => {
    await world.addModel({ type: 'lora', family: 'flux1', slug: 'lora/flux1/a' });
    await world.addModel({ type: 'lora', family: 'sdxl', slug: 'lora/sdxl/b', files: [{ name: 'b.safetensors' }] });
    await world.addModel({ type: 'lora', slug: 'lora/other/c', files: [{ name: 'c.safetensors' }] });
    await world.addModel({ type: 'vae', slug: 'vae/other/d' });
    await config('comfyui_0.3.0_default.json', {
      ...loras('models/loras/flux', { families: ['flux1'] }),
      unmapped: [{ types: ['vae'], reason: 'this version has its own' }],
    });
    expect(places(await plan('0.3.0'))).toEqual([
      'create models/loras/flux',
      'create models/loras',
      'create models/loras',
      'type-not-mapped',
    ]);
    await config('comfyui_0.3.0_default.json', { way: { kind: 'plan-only', reason: 'not here' } });
    expect(new Set(places(await plan('0.3.0')))).toEqual(new Set(['plan-only']));
  });

  it('ids with underscores work, also where one begins like another', async () => {
    await world.addModel({ type: 'lora' });
    await config('my_app_0.3.0_flux_small.json', loras('models/mine'));
    expect(places(await plan('0.3.0', { app: 'my_app', modelConfig: 'flux_small' }))).toEqual(['create models/mine']);
    expect((await plan('0.3.0', { app: 'my' })).translation).toBeNull();
    expect(readTranslationName('my_app_1_x.json', ['my', 'my_app'])).toEqual({
      app: 'my_app',
      appVersion: '1',
      modelConfig: 'x',
    });
    expect(readTranslationName('my_app_x.json', ['my', 'my_app'])).toEqual({
      app: 'my',
      appVersion: 'app',
      modelConfig: 'x',
    });
    for (const name of [
      'my_1.json',
      'my_1_x.txt',
      'other_1_x.json',
      'my__x.json',
      'my_1_.json',
      'my_1_../x.json',
      `my_1_${'x'.repeat(70)}.json`,
    ])
      expect(readTranslationName(name, ['my', 'my_app']), name).toBeNull();
  });
});

describe('a hostile or broken translation config ends the plan with a pointer', () => {
  const rule = { types: ['lora'], folder: 'models/x' };
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  it.each([
    ['/rules/0/folder', 'upwards', { rules: [{ ...rule, folder: '../../etc' }] }],
    ['/rules/0/folder', 'upwards within', { rules: [{ ...rule, folder: 'models/../../x' }] }],
    ['/rules/0/folder', 'absolute', { rules: [{ ...rule, folder: '/etc/cron.d' }] }],
    ['/rules/0/folder', 'a drive', { rules: [{ ...rule, folder: 'C:/Windows' }] }],
    ['/rules/0/folder', 'UNC', { rules: [{ ...rule, folder: '//server/share' }] }],
    ['/rules/0/folder', 'backslashes', { rules: [{ ...rule, folder: 'models\\x' }] }],
    ['/rules/0/folder', 'a device', { rules: [{ ...rule, folder: 'models/con.txt' }] }],
    ['/rules/0/folder', 'another device', { rules: [{ ...rule, folder: 'COM¹' }] }],
    ['/rules/0/folder', 'a stream', { rules: [{ ...rule, folder: 'models/x:y' }] }],
    ['/rules/0/folder', 'a dot at the end', { rules: [{ ...rule, folder: 'models/x.' }] }],
    ['/rules/0/folder', 'a control character', { rules: [{ ...rule, folder: 'models/\u0000' }] }],
    ['/rules/0/folder', 'a character that turns the text', { rules: [{ ...rule, folder: 'models/\u202egpj' }] }],
    ['/rules/0/folder', 'empty', { rules: [{ ...rule, folder: '' }] }],
    ['/rules/0/folder', 'too long', { rules: [{ ...rule, folder: 'x'.repeat(513) }] }],
    ['/rules/0/types/0', 'no type', { rules: [{ ...rule, types: ['weights'] }] }],
    ['/rules/0/accepts', 'what the profile does not know', { rules: [{ ...rule, types: ['llm'] }] }],
    ['/rules/0', 'a field that is not known', { rules: [{ ...rule, strategy: 'copy' }] }],
    ['/rules', 'too many', { rules: Array.from({ length: 257 }, () => rule) }],
    ['/way', 'a way that the app does not have', { way: { kind: 'store', format: 'ollama' } }],
    ['/way/kind', 'no way', { way: { kind: 'copy' } }],
    ['/schema', 'a later schema', { schema: 2 }],
    ['', '__proto__', '{"schema": 1, "__proto__": {"rules": []}}'],
    ['', '__proto__ within', '{"schema": 1, "rules": [{"types": ["lora"], "folder": "models/x", "__proto__": {}}]}'],
    ['', 'constructor', '{"schema": 1, "constructor": {"prototype": {}}}'],
    ['', 'no object', '[]'],
    ['', 'no JSON', '{'],
    ['', 'empty', ''],
    ['', 'nested', deep],
    ['', 'huge', `{"schema": 1, "$schema": "${'x'.repeat(1024 * 1024)}"}`],
  ])('%s: %s', async (pointer, _name, content) => {
    await config('comfyui_0.3.0_default.json', content);
    await expect(plan('0.3.0')).rejects.toMatchObject({ code: 'mapper.invalid-translation', facts: { pointer } });
    expect(({} as Record<string, unknown>)['rules']).toBeUndefined();
  });

  it('also where the file is none, is no UTF-8, names no version, or stands for the same version as another', async () => {
    const refused = async (name: string, make: (path: string) => Promise<unknown>, problem: RegExp): Promise<void> => {
      const path = join(folder, name);
      await make(path);
      const error: unknown = await plan('0.3.0').catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'mapper.invalid-translation', facts: { path } });
      expect((error as Error).message).toMatch(problem);
      const { rm } = await import('node:fs/promises');
      await rm(path, { recursive: true });
    };
    await refused('comfyui_0.3.0_a.json', (path) => mkdir(path), /no file/);
    await refused('comfyui_0.3.0_a.json', (path) => symlink('/absent/x', path), /leads nowhere/);
    await refused('comfyui_0.3.0_a.json', (path) => writeFile(path, Uint8Array.of(0x7b, 0xff)), /UTF-8/);
    await refused('comfyui_nightly_a.json', (path) => writeFile(path, '{"schema":1}'), /no version/);
    await config('comfyui_0.3_default.json', {});
    await refused('comfyui_v0.3.0_default.json', (path) => writeFile(path, '{"schema":1}'), /same version/);
  });
});
