import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const COUNT = 6;

async function manyModels(folder: string): Promise<string> {
  const models = join(folder, 'models');
  await mkdir(models);
  for (let number = 0; number < COUNT; number += 1) {
    await writeFile(join(models, `${number}.safetensors`), buildFluxLora({ scale: 0.002, fillSeed: number + 1 }));
  }
  return models;
}

describe('processes that work on the same files at once', () => {
  it('make one model of each, whether they scan or import', async () => {
    await using folder = await tempFolder();
    const models = await manyModels(folder.path);
    const root = join(folder.path, 'library');
    await (await openTestStore({ root })).close();
    await Promise.all(['scan', 'copy'].map((work) => run([work, root, models])));
    await using store = await openTestStore({ root });
    expect(await store.survey()).toEqual({ models: COUNT, stale: 0, problems: [] });
    expect((await store.verify()).problems).toEqual([]);
    const { records } = await store.index.list();
    expect(records.map(({ place }) => place.kind)).toEqual(records.map(() => 'library'));
    expect(await readdir(join(root, 'external')).catch(() => [])).toEqual([]);
  }, 60_000);

  it('take what was adopted in once, whoever of them comes first', async () => {
    await using folder = await tempFolder();
    const models = await manyModels(folder.path);
    const root = join(folder.path, 'library');
    const known = new Set<string>();
    {
      await using store = await openTestStore({ root });
      const { added } = await store.scan([models]).result;
      for (const { id } of added) known.add((await store.edit(id, { tags: ['mine'] })).id);
    }
    await Promise.all(['copy', 'move', 'scan'].map((work) => run([work, root, models])));
    await using store = await openTestStore({ root });
    const { records } = await store.index.list();
    expect(new Set(records.map(({ id }) => id))).toEqual(known);
    expect(records.map(({ tags, place }) => [tags, place.kind])).toEqual(records.map(() => [['mine'], 'library']));
    expect(await store.survey()).toEqual({ models: COUNT, stale: 0, problems: [] });
    expect((await store.verify()).problems).toEqual([]);
  }, 60_000);
});

async function run(words: readonly string[]): Promise<void> {
  const program = join(import.meta.dirname, 'take-in.test-program.ts');
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  // Another process may have moved the file away before this one came to it.
  const isGone = /io\.not-found|nothing-to-import|changed/u.test(text);
  expect(exitCode === 0 || isGone, text).toBe(true);
}
