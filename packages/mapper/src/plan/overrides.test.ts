import { join } from 'node:path';
import type { AppMapping } from '@modelkeep/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, treeOf, type TestWorld } from '../mapper.test-world.ts';
import { checkMapping } from './check-mapping-edit.ts';
import type { LinkPlan } from './link-plan.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const plan = (appVersion?: string): Promise<LinkPlan> =>
  world.mapper.planLinks({ app: 'comfyui', appRoot: world.appRoot, appVersion, models: world.list() });
const places = ({ entries }: LinkPlan): readonly (string | undefined)[] =>
  entries.map(({ action, folder, name, reason }) =>
    action === 'skipped' ? reason?.code : `${action} ${folder}/${name}`,
  );
const lora = (
  apps: Readonly<Record<string, AppMapping>>,
  versionRanges: Readonly<Record<string, string>> = {},
  problems = {},
) =>
  world.addModel({
    type: 'lora',
    slug: 'lora/flux1/style',
    files: [{ name: 'style.safetensors' }],
    mapping: { apps, versionRanges, problems },
  });

describe('what people say about a model', () => {
  it.each([
    [{ comfyui: { link: false } }, 'excluded'],
    [{ '*': { link: false } }, 'excluded'],
    [{ '*': { link: false }, comfyui: { link: true } }, 'create models/loras/style.safetensors'],
    [{ forge: { link: false } }, 'create models/loras/style.safetensors'],
    [{ comfyui: { name: 'mine' } }, 'create models/loras/mine.safetensors'],
    [{ comfyui: { name: 'v1.5' } }, 'create models/loras/v1.5.safetensors'],
    [{ comfyui: { name: 'mine.SafeTensors' } }, 'create models/loras/mine.SafeTensors'],
    [{ comfyui: { folder: 'flux/people' } }, 'create models/loras/flux/people/style.safetensors'],
    [{ '*': { folder: 'flux' }, comfyui: { name: 'x' } }, 'create models/loras/flux/x.safetensors'],
    [{ comfyui: { folder: '../../x' } }, 'override-invalid'],
    [{ comfyui: { folder: '/etc' } }, 'override-invalid'],
    [{ comfyui: { name: '../x' } }, 'override-invalid'],
    [{ comfyui: { name: 'con.txt' } }, 'override-invalid'],
    [{ comfyui: { name: 'x'.repeat(300) } }, 'override-invalid'],
  ] as const)('%j: %s', async (apps, expected) => {
    await lora(apps);
    expect(places(await plan()).map((place) => place?.replace(/(create [^ ]*)\/\//, '$1/'))).toEqual([expected]);
  });

  it.each([
    ['>=0.3.0 <0.5.0', '0.3.0', 'create'],
    ['>=0.3.0 <0.5.0', '0.4.99', 'create'],
    ['>=0.3.0 <0.5.0', '0.5.0', 'version-excluded'],
    ['>=0.3.0 <0.5.0', '0.2.0', 'version-excluded'],
    ['<0.5.0', undefined, 'version-excluded'],
    ['>=0.5.0', undefined, 'create'],
    ['not a range', '0.3.0', 'override-invalid'],
    ['>'.repeat(300), '0.3.0', 'override-invalid'],
  ])('the versions %s and %s: %s', async (range, version, expected) => {
    await lora({}, { comfyui: range });
    const planned = await plan(version);
    expect(places(planned)[0]?.split(' ')[0]).toBe(expected);
    expect(planned.warnings.some(({ code }) => code === 'version-unknown')).toBe(
      version === undefined && expected === 'create',
    );
  });

  it('what cannot be read hides the model', async () => {
    await lora({}, {}, { comfyui: 'mapping: "link" has a value that it cannot have' });
    expect(places(await plan())).toEqual(['override-invalid']);
  });

  it('a model that ages out leaves the newer version, and a name that changes renames its link', async () => {
    const model = await lora({}, { comfyui: '<0.5.0' });
    await world.mapper.apply(await plan('0.4.0'));
    expect(Object.keys(await treeOf(join(world.appRoot, 'models')))).toEqual(['loras', 'loras/style.safetensors']);
    expect(places(await plan('0.5.0'))).toEqual(['remove models/loras/style.safetensors', 'version-excluded']);
    await world.mapper.apply(await plan('0.5.0'));
    expect(await treeOf(world.appRoot)).toEqual({ custom_nodes: '/' });

    await world.mapper.apply(await plan('0.4.0'));
    const { record } = model;
    world.models.set(record.id, {
      ...model,
      record: {
        ...record,
        mapping: { apps: { comfyui: { name: 'new', folder: 'a' } }, versionRanges: {}, problems: {} },
      },
    });
    await world.mapper.apply(await plan());
    expect(Object.keys(await treeOf(join(world.appRoot, 'models')))).toEqual([
      'loras',
      'loras/a',
      'loras/a/new.safetensors',
    ]);
    expect((await plan()).counts).toMatchObject({ keep: 1, create: 0, remove: 0 });
    world.models.set(record.id, { ...model, record: { ...record, mapping: undefined } });
    await world.mapper.apply(await plan());
    expect(Object.keys(await treeOf(join(world.appRoot, 'models')))).toEqual(['loras', 'loras/style.safetensors']);
  });

  it('official names where they are safe, and of the same kind', async () => {
    const names = { apps: { '*': { names: 'official' as const } }, versionRanges: {}, problems: {} };
    for (const [cleaned, official] of [
      ['a.safetensors', 'A (v1) ü.safetensors'],
      ['b.safetensors', 'B: x.safetensors'],
      ['c.safetensors', 'c.ckpt'],
      ['d.safetensors', 'folder/D d.safetensors'],
    ] as const) {
      const model = await world.addModel({
        type: 'lora',
        slug: `lora/x/${cleaned}`,
        files: [{ name: cleaned }],
        mapping: names,
      });
      const files = model.record.files.map((file) => ({ ...file, officialName: official }));
      world.models.set(model.record.id, { ...model, record: { ...model.record, files } });
    }
    expect((await plan()).entries.map(({ name }) => name)).toEqual([
      'A (v1) ü.safetensors',
      'b.safetensors',
      'c.safetensors',
      'D d.safetensors',
    ]);
  });

  it('two folders that differ in case only are one to drives that do not tell them apart', async () => {
    for (const folder of ['Style', 'style'])
      await world.addModel({
        type: 'lora',
        slug: `lora/${folder}/x`,
        files: [{ name: 'x.safetensors', content: folder }],
        mapping: { apps: { comfyui: { folder } }, versionRanges: {}, problems: {} },
      });
    expect(new Set((await plan()).entries.map(({ name }) => name))).toEqual(
      new Set(['x.safetensors', expect.stringMatching(/^x-[0-9a-f]{8}\.safetensors$/)]),
    );
  });

  it('is checked before it is written down', () => {
    for (const wrong of [{ versions: 'x y z' }, { name: 'a/b' }, { name: 'nul' }, { folder: '../x' }])
      expect(() => checkMapping(wrong)).toThrow(expect.objectContaining({ code: 'library.invalid-edit' }));
    checkMapping({ versions: '>=1 <2', name: 'a b', folder: 'a/b' });
    checkMapping({ versions: null, name: null, folder: undefined });
  });
});
