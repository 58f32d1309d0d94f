import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '@modelkeep/core';
import { expect, it } from 'vitest';
import { stateScene } from '../state.test-helper.ts';

it('a damaged file is set aside, and a new one is begun by one of those who open it', async () => {
  await using scene = await stateScene();
  {
    const { state } = await scene.open();
    const many = Array.from({ length: 300 }, (_, number) => ({ key: `key ${number}`, source: 'hf:a/b' }));
    await state.declared.declare(many);
    await state.close();
  }
  const { size } = await stat(scene.path);
  const file = await open(scene.path, 'r+');
  await file.write(Buffer.alloc(size - 8_192, 0xa5), 0, size - 8_192, 8_192);
  await file.close();
  const warned: unknown[] = [];
  const logger = { ...silentLogger, warn: (message: string, facts: unknown) => void warned.push([message, facts]) };
  const opened = await Promise.all([scene.open({ logger }), scene.open({ logger }), scene.open({ logger })]);
  expect(warned).toHaveLength(1);
  const [one, other] = opened;
  expect(await one?.state.declared.list()).toEqual([]);
  await one?.state.declared.declare([{ key: 'again', source: 'hf:a/b' }]);
  expect((await other?.state.declared.list())?.map(({ key }) => key)).toEqual(['again']);
  await Promise.all(opened.map(({ state }) => state.close()));
  // Its journals went along when another one of the three had it open still.
  const aside = (await readdir(scene.folder)).filter((name) => /^state\.db\.corrupt-\w+$/.test(name));
  expect(aside).toHaveLength(1);
  expect((await stat(join(scene.folder, aside[0] ?? ''))).size).toBe(size);
});
