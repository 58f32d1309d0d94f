import { lstat, mkdir, readFile, readlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppliedPlan } from '../apply/applied-plan.ts';
import { createWorld, treeOf, type TestModel, type TestWorld } from '../mapper.test-world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const apply = async (app = 'comfyui'): Promise<AppliedPlan> =>
  world.mapper.apply(await world.mapper.planLinks({ app, appRoot: world.appRoot, models: world.list() }));
const names = async (folder = 'models/loras'): Promise<readonly string[]> =>
  Object.keys(await treeOf(join(world.appRoot, folder)).catch(() => ({})));
const lora = (name: string, picture: string | null, facts: TestModel = {}) =>
  world.addModel({
    type: 'lora',
    ...facts,
    files: [
      { name: `${name}.safetensors`, content: `${facts.slug ?? ''}${name}` },
      ...(picture === null ? [] : [{ name: picture, role: 'preview' as const }]),
      { name: `${name}.json`, role: 'config' },
    ],
  });

describe('the picture of a model', () => {
  it('is linked under the name of the link, as an entry of its own, and goes with it', async () => {
    const mapping = { apps: { comfyui: { name: 'mine' } }, versionRanges: {}, problems: {} };
    const model = await lora('a', 'a.preview.png', { mapping });
    const applied = await apply();
    expect(applied.counts).toMatchObject({ created: 2, skipped: 0 });
    expect(await names()).toEqual(['mine.preview.png', 'mine.safetensors']);
    const picture = join(world.appRoot, 'models/loras/mine.preview.png');
    expect(await readlink(picture)).toBe(join(model.folder, 'a.preview.png'));
    expect((await apply()).counts).toMatchObject({ kept: 2, created: 0 });
    expect((await world.mapper.check()).map(({ health }) => health)).toEqual(['ok', 'ok']);
    expect(await world.mapper.linksOf(model.record.id)).toHaveLength(2);

    await unlink(picture);
    expect((await world.mapper.repair()).counts).toMatchObject({ created: 1 });
    await world.mapper.unlinkModel(model.record.id);
    expect(await names()).toEqual([]);
    await apply();
    await world.mapper.undo(await apply().then(async () => (world.models.delete(model.record.id), apply())));
    expect(await names()).toEqual(['mine.preview.png', 'mine.safetensors']);
  });

  it('is called as the app finds it: by its kind, and never by a name that an app saves to', async () => {
    await lora('a', 'a.jpg');
    await lora('b', 'b.preview.jpeg');
    await lora('c', 'sample.webp');
    await lora('d', 'd.bmp');
    await lora('e', null);
    await world.addModel({
      type: 'lora',
      preview: 'shown.webp',
      files: [
        { name: 'f.safetensors' },
        ...['f.png', 'shown.webp'].map((name) => ({ name, role: 'preview' as const })),
      ],
    });
    const of = async (app: string, folder: string): Promise<readonly string[]> => {
      await apply(app);
      const pictures = (await names(folder)).filter((name) => !name.endsWith('.safetensors'));
      await world.mapper.unlinkAll({ app, appRoot: world.appRoot });
      return pictures;
    };
    const all = ['a.preview.jpg', 'b.preview.jpg', 'c.preview.webp', 'f.preview.webp'];
    expect(await of('comfyui', 'models/loras')).toEqual(all);
    expect(await of('automatic1111', 'models/Lora')).toEqual(all);
    expect(await of('forge', 'models/Lora')).toEqual(all);
    expect(await of('sdnext', 'models/Lora')).toEqual(all);
    expect(await of('swarmui', 'Models/Lora')).toEqual(['a.preview.jpg', 'b.preview.jpg']);
    expect(await of('fooocus', 'models/loras')).toEqual([]);
  });

  it.each(['a.png', 'A.PREVIEW.JPG', 'a.preview.png'])('gives way to a picture of the user: %s', async (own) => {
    await mkdir(join(world.appRoot, 'models/loras'), { recursive: true });
    await writeFile(join(world.appRoot, 'models/loras', own), 'mine');
    await lora('a', 'a.preview.png');
    expect((await apply()).counts).toMatchObject({ created: 1, conflict: 0 });
    expect(await names()).toEqual([own, 'a.safetensors'].toSorted());
    expect(await readFile(join(world.appRoot, 'models/loras', own), 'utf8')).toBe('mine');
  });

  it('goes when the user puts one there, or a file in the place of the link', async () => {
    await lora('a', 'a.preview.png');
    await lora('b', 'b.preview.png');
    await apply();
    await writeFile(join(world.appRoot, 'models/loras/a.png'), 'mine');
    await unlink(join(world.appRoot, 'models/loras/b.safetensors'));
    await writeFile(join(world.appRoot, 'models/loras/b.safetensors'), 'mine');
    expect((await apply()).counts).toMatchObject({ removed: 2, kept: 1, conflict: 1 });
    expect(await names()).toEqual(['a.png', 'a.safetensors', 'b.safetensors']);
  });

  it('a file that took its place is left alone, also by an undo', async () => {
    await lora('a', 'a.preview.png');
    const applied = await apply();
    const picture = join(world.appRoot, 'models/loras/a.preview.png');
    await unlink(picture);
    await writeFile(picture, 'mine');
    expect((await world.mapper.undo(applied)).counts).toMatchObject({ removed: 1, conflict: 1 });
    expect((await lstat(picture)).isFile()).toBe(true);
    expect(await readFile(picture, 'utf8')).toBe('mine');
  });

  it('two models that share a stem share one, and models in parts or folders have none', async () => {
    await lora('a', 'a.preview.png', { slug: 'lora/x/one' });
    const picture = { name: 'a.preview.png', role: 'preview', content: 'other' } as const;
    await world.addModel({ type: 'lora', format: 'pickle', files: [{ name: 'a.pt' }, picture] });
    const parts = [1, 2].map((part) => ({ name: `m-${part}.gguf`, content: String(part) }));
    await world.addModel({
      type: 'llm',
      format: 'gguf',
      files: [...parts, { name: 'm.preview.png', role: 'preview' }],
    });
    await apply();
    expect(await names()).toEqual(['a.preview.png', 'a.pt', 'a.safetensors']);
    await apply('text-generation-webui');
    expect((await names('user_data/models')).filter((name) => name.includes('png'))).toEqual([]);
  });
});
