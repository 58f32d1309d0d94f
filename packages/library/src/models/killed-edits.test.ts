import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ModelOverrides } from '@modelkeep/core';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openTestStore, tempFolder } from '../open-store.test-helper.ts';

const KILLS = Number(process.env['MODELKEEP_KILL_POINTS'] ?? 4);
const program = fileURLToPath(new URL('./lost-updates.test-program.ts', import.meta.url));
const slug = 'lora/flux1/line';

it('a process that is killed while it edits leaves files, index and history that say the same', async () => {
  await using folder = await tempFolder();
  const root = join(folder.path, 'library');
  {
    await using store = await openTestStore({ root });
    await writeFile(join(folder.path, 'line.safetensors'), buildFluxLora({ scale: 0.02 }));
    await store.import([join(folder.path, 'line.safetensors')]).result;
  }
  const overridesOf = async (): Promise<ModelOverrides> =>
    JSON.parse(await readFile(join(root, slug, 'overrides.json'), 'utf8')) as ModelOverrides;
  let revision = 1;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const args = ['--conditions=modelkeep-source', program, root, slug, `k${kill}`, '1000000'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = once(child, 'exit');
    await grown(join(root, slug, 'metadata.json'), revision + 2);
    await sleep((kill * 7) % 30);
    child.kill('SIGKILL');
    await ended;
    await using store = await openTestStore({ root });
    expect(await store.survey()).toEqual({ models: 1, stale: 0, problems: [] });
    const { fields } = await overridesOf();
    const model = await store.resolve(slug);
    expect(model.tags).toEqual(fields?.tags);
    expect(model.revision).toBeGreaterThan(revision);
    ({ revision } = model);
    const last = (await store.history(slug)).findLast(({ field }) => field === 'tags');
    expect([last?.by, last?.to]).toEqual(['edit', fields?.tags]);
    // The history keeps lists of 50 entries whole.
    await store.edit(slug, { tags: [] });
    expect((await store.verify()).problems).toEqual([]);
    revision += 1;
  }
}, 600_000);

/** Waits until another process has written so many revisions. */
async function grown(path: string, revision: number): Promise<void> {
  for (;;) {
    const metadata = JSON.parse(await readFile(path, 'utf8')) as { revision: number };
    if (metadata.revision >= revision) return;
    await sleep(5);
  }
}
