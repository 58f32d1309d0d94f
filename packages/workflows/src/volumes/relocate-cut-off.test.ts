import { mkdir, readlink, writeFile } from 'node:fs/promises';
import { ModelkeepError, startOperation } from '@modelkeep/core';
import { createIdentifier } from '@modelkeep/formats';
import { createIo } from '@modelkeep/io';
import { openLibraryStore } from '@modelkeep/library';
import { createSqlite } from '@modelkeep/sqlite';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { createTidying } from '../maintain/tidying.ts';
import { tempFolder } from '../workspace.test-helper.ts';
import type { RelinkContext } from './relink-model.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';

const LINE = 'lora/flux1/line';

it.each(['opened', 'tidied'] as const)(
  'links of apps follow a model whose process ended when its folder had the new name, once the library is %s',
  async (when) => {
    await using folder = await tempFolder();
    const root = folder.join('library');
    const link = folder.join('ComfyUI/models/loras/line.safetensors');
    await writeFile(folder.join('line.safetensors'), buildFluxLora({ scale: 0.02 }));
    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
    {
      await using library = await openWorkspace({ root });
      await library.import(folder.join('line.safetensors')).result;
      await (await library.planLinks('comfyui', { appRoot: folder.join('ComfyUI') })).apply();
      await library.edit(LINE, { family: 'sdxl' });
      await using lease = await library.lease(LINE);
      await expect(library.relocate(LINE)).rejects.toMatchObject({ code: 'core.invalid-argument' });
      await lease.release();
    }
    await using running = when === 'tidied' ? await openWorkspace({ root }) : null;
    {
      await using io = createIo({ workers: 'in-thread' });
      await using sqlite = createSqlite({ mode: 'in-thread' });
      const identifier = createIdentifier({ mode: 'in-thread' });
      await using store = await openLibraryStore({ root, io, sqlite, identifier });
      const onArrived = async (): Promise<void> => {
        throw new Error('the process is gone');
      };
      await expect(store.relocate(LINE, { onArrived })).rejects.toThrow('the process is gone');
      await identifier.close();
    }
    expect(await readlink(link)).toBe(`${root}/${LINE}/line.safetensors`);
    if (running !== null) {
      const [model] = await running.list();
      expect(await running.collectGarbage().result).toMatchObject({ moved: [model?.id], unled: [] });
      expect(await readlink(link)).toBe(`${root}/lora/sdxl/line/line.safetensors`);
    }
    await using library = await openWorkspace({ root });
    expect(await readlink(link)).toBe(`${root}/lora/sdxl/line/line.safetensors`);
    expect((await library.checkLinks()).map(({ health }) => health)).toEqual(['ok']);
    expect(await library.relocate('lora/sdxl/line')).toMatchObject({ links: [] });
  },
);

it('a collection of garbage tells what it did although links cannot be led, and ends where it is to end', async () => {
  const stop = new AbortController();
  const locked = new ModelkeepError('sqlite.locked', { message: 'in use', facts: { path: '/state.db', waitedMs: 1 } });
  const linksOf = async (id: string): Promise<never> => {
    if (id === 'last') stop.abort(new Error('enough'));
    throw locked;
  };
  const collectGarbage = (moved: readonly string[]): unknown => startOperation(async () => ({ bytesFreed: 7, moved }));
  const collect = (...moved: string[]): Promise<unknown> => {
    const index = { get: async () => null, byFormerId: async () => null };
    const store = { collectGarbage: () => collectGarbage(moved), index };
    const context = { store, mapper: { linksOf } } as unknown as RelinkContext;
    const operations = { join: () => stop.signal, track: <T>(operation: T): T => operation };
    return createTidying(context, operations).collectGarbage().result;
  };
  expect(await collect('one', 'two')).toMatchObject({
    bytesFreed: 7,
    unled: [
      { modelId: 'one', reason: 'in use' },
      { modelId: 'two', reason: 'in use' },
    ],
  });
  await expect(collect('last')).rejects.toThrow('enough');
});
