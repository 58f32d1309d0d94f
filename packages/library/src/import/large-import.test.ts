import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const MIB = 1024 * 1024;
const program = new URL('large-import.test-program.ts', import.meta.url);

/** @returns the last that was heard of the import: how far it was, or `done` */
async function killedAfter(bytes: number, root: string, path: string): Promise<unknown> {
  const child = fork(program, [root, path], { execArgv: ['--conditions=modelkeep-source'] });
  let last: unknown = 0;
  child.on('message', (message) => {
    last = message;
    if (typeof message === 'number' && message >= bytes) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  return last;
}

it('of a file that several threads copy leaves nothing wrong when it is killed, and goes through the next time', async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, 'big.safetensors');
  const bytes = randomBytes(48 * MIB + 5);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeFile(path, bytes);
  const root = join(folder.path, 'library');
  for (const at of [8 * MIB, 40 * MIB]) {
    expect(await killedAfter(at, root, path)).not.toBe('done');
    await using store = await openTestStore({ root });
    expect((await store.verify()).problems).toEqual([]);
    const blobs = await readdir(join(root, 'blobs', 'sha256'));
    for (const name of blobs) {
      const blob = await readFile(join(root, 'blobs', 'sha256', name));
      expect(createHash('sha256').update(blob).digest('hex')).toBe(name);
    }
  }
  await using store = await openTestStore({ root });
  await store.import([path]).result;
  expect((await store.verify()).problems).toEqual([]);
  const { records } = await store.index.list();
  expect(records.map(({ files }) => files.map((file) => file.sha256))).toEqual([[sha256]]);
}, 60_000);
