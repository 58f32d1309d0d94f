import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { main } from './main.ts';

/** What a newer version does to a library: it reserves writing for itself, or it migrates what belongs to the machine. */
const newer: Readonly<Record<string, (root: string) => Promise<void>>> = {
  'a newer modelkeep works on it: update this one': async (root) => {
    const path = join(root, 'modelkeep.json');
    const file = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...file, minWriter: 9 }));
  },
  'sqlite.schema-newer': async (root) => {
    using database = new DatabaseSync(join(root, '.modelkeep', 'state.db'));
    database.exec("update modelkeep_migrations set version = version + 1 where namespace = 'mapper'");
  },
};

it.each(Object.keys(newer))('a library that a newer version works on is read, and not written: %s', async (said) => {
  const folder = await mkdtemp(join(tmpdir(), 'modelkeep-cli-newer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const root = join(folder, 'library');
  const run = async (
    ...args: string[]
  ): Promise<{ readonly exitCode: number; readonly out: string; readonly err: string }> => {
    const shown = { out: '', err: '' };
    const exitCode = await main([...args, '--root', root], {
      out: (text) => (shown.out += `${text}\n`),
      err: (text) => (shown.err += `${text}\n`),
      progressStream: null,
    });
    return { exitCode, ...shown };
  };
  await writeFile(join(folder, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
  expect((await run('import', join(folder, 'line.safetensors'))).exitCode).toBe(0);
  await newer[said]?.(root);
  for (const command of [['list'], ['search', 'line'], ['show', 'line'], ['volumes']]) {
    const read = await run(...command);
    expect([command, read.exitCode, read.err]).toEqual([command, 0, '']);
  }
  expect((await run('list')).out).toContain('lora/flux1/line');
  for (const command of [
    ['pin', 'line'],
    ['import', join(folder, 'line.safetensors')],
  ]) {
    const refused = await run(...command);
    expect([refused.exitCode, refused.err]).toEqual([1, expect.stringContaining(said)]);
  }
});
