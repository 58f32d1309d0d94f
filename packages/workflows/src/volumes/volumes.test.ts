import { mkdir, readlink, rename, writeFile } from 'node:fs/promises';
import { createIdentifier } from '@modelkeep/formats';
import { createIo } from '@modelkeep/io';
import { openLibraryStore } from '@modelkeep/library';
import { createSqlite } from '@modelkeep/sqlite';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const LINE = 'lora/flux1/line';

it('links of apps follow a model to another volume, stay while that is away, and follow it into another folder', async () => {
  await using folder = await tempFolder();
  const [root, disk, app] = [folder.join('library'), folder.join('disk'), folder.join('ComfyUI')];
  const link = folder.join('ComfyUI/models/loras/line.safetensors');
  await writeFile(folder.join('line.safetensors'), buildFluxLora({ scale: 0.05 }));
  await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
  {
    await using library = await openWorkspace({ root });
    const { models } = await library.import(folder.join('line.safetensors')).result;
    await (await library.planLinks('comfyui', { appRoot: app })).apply();
    expect(await readlink(link)).toBe(`${root}/${LINE}/line.safetensors`);
    await library.addVolume(disk, { label: 'disk' });
    const phases = new Set<string>();
    const moving = library.move(LINE, { to: 'disk' });
    moving.progress.subscribe(({ phase }) => phases.add(phase));
    const { model, links } = await moving.result;
    expect(model.id).toBe(models[0]?.id);
    expect(links).toMatchObject([{ outcome: 'replaced', target: link }]);
    expect(await readlink(link)).toBe(`${disk}/${LINE}/line.safetensors`);
    expect([...phases]).toContain('done');
    expect(library.isOffline(model)).toBe(false);
  }
  await rename(disk, folder.join('away'));
  {
    await using library = await openWorkspace({ root });
    const model = await library.get(LINE);
    expect(library.isOffline(model)).toBe(true);
    const { plan } = await library.planLinks('comfyui', { appRoot: app });
    expect(plan.counts).toMatchObject({ create: 0, replace: 0, remove: 0 });
    expect((await library.diagnose()).volumes).toMatchObject([{ label: 'first' }, { label: 'disk', state: 'offline' }]);
  }
  await rename(folder.join('away'), disk);
  await using library = await openWorkspace({ root });
  await library.edit(LINE, { type: 'vae' });
  const { model, links } = await library.relocate(LINE);
  expect(model.slug).toBe('vae/flux1/line');
  expect(links.map(({ outcome }) => outcome).toSorted()).toEqual(['created', 'removed']);
  expect(await readlink(folder.join('ComfyUI/models/vae/line.safetensors'))).toContain('vae/flux1/line');
  await library.delete(model.slug, { unlink: true });
  expect(await library.deletedModels()).toMatchObject([{ id: model.id }]);
  expect(await library.undelete(model.id)).toMatchObject({ slug: 'vae/flux1/line' });
});

it.each([
  ['first', 'disk'],
  ['disk', 'first'],
])(
  'links follow a model that a dying process moved from %s to %s once the drive, which was away, comes back to an open library',
  async (from, to) => {
    await using folder = await tempFolder();
    const [root, disk, app] = [folder.join('library'), folder.join('disk'), folder.join('ComfyUI')];
    const link = folder.join('ComfyUI/models/loras/line.safetensors');
    const at = (volume: string): string => `${volume === 'disk' ? disk : root}/${LINE}/line.safetensors`;
    await writeFile(folder.join('line.safetensors'), buildFluxLora({ scale: 0.02 }));
    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
    {
      await using library = await openWorkspace({ root });
      await library.addVolume(disk, { label: 'disk' });
      await library.import(folder.join('line.safetensors'), { volume: from }).result;
      await (await library.planLinks('comfyui', { appRoot: app })).apply();
      expect(await readlink(link)).toBe(at(from));
    }
    {
      await using io = createIo({ workers: 'in-thread' });
      await using sqlite = createSqlite({ mode: 'in-thread' });
      const identifier = createIdentifier({ mode: 'in-thread' });
      await using store = await openLibraryStore({ root, io, sqlite, identifier });
      const onArrived = async (): Promise<void> => {
        throw new Error('the process is gone');
      };
      await expect(store.move(LINE, { to, onArrived }).result).rejects.toThrow('the process is gone');
      await identifier.close();
    }
    await rename(disk, folder.join('away'));
    await using library = await openWorkspace({ root });
    expect(library.isOffline(await library.get(LINE))).toBe(to === 'disk');
    await rename(folder.join('away'), disk);
    expect((await library.volumes()).map(({ models }) => models)).toEqual(to === 'first' ? [1, 0] : [0, 1]);
    expect(await readlink(link)).toBe(at(to));
    expect((await library.checkLinks()).map(({ health }) => health)).toEqual(['ok']);
    expect((await library.verify().result).problems).toEqual([]);
    expect(await library.diagnose()).toMatchObject({ models: 1 });
  },
);
