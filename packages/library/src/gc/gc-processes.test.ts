import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

/** What is imported, removed and imported again. */
const ROUNDS = 12;

it('two processes that collect without a grace time take nothing from a third one that imports', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  const path = join(folder.path, 'line.safetensors');
  await writeFile(path, buildFluxLora({ scale: 0.02 }));
  await using store = await openTestStore({ root });
  const program = fileURLToPath(new URL('./gc-processes.test-child.ts', import.meta.url));
  const children = [1, 2].map(() => {
    const command = ['--conditions=modelkeep-source', program, root];
    const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    return { child, ended: once(child, 'exit'), collected: () => Number(printed.trim().split('\n').at(-1)) };
  });
  for (let round = 1; round <= ROUNDS; round += 1) {
    await store.import([path]).result;
    expect((await store.verify()).problems).toEqual([]);
    // The folder goes, the blob stays as garbage; the next import may want it while it is carried away.
    if (round < ROUNDS) await rm(join(root, 'lora/flux1/line'), { recursive: true });
  }
  for (const { child } of children) child.stdin.end('end\n');
  for (const { ended } of children) expect((await ended)[0]).toBe(0);
  expect(children.every(({ collected }) => Number.isSafeInteger(collected()))).toBe(true);
  expect(await store.verify()).toMatchObject({ models: 1, problems: [] });
}, 60_000);
