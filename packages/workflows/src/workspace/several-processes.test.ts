import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from './open-workspace.ts';

/** How long the processes work. */
const SECONDS = Number(process.env['MODELKEEP_PROCESSES_SECONDS'] ?? 3);
const SEED = Number(process.env['MODELKEEP_PROCESSES_SEED'] ?? Date.now() % 1_000_000);
const program = fileURLToPath(new URL('./several-processes.test-child.ts', import.meta.url));

interface Told {
  readonly told: readonly (readonly [string, number])[];
  readonly resyncs: number;
  readonly written: readonly (readonly [string, string])[];
  readonly edits: number;
}

it(
  `three processes of an app work on one library at random (seed ${SEED}), and it stays whole`,
  async () => {
    await using folder = await tempFolder();
    const [root, sources, appRoot] = [folder.join('library'), folder.join('sources'), folder.join('ComfyUI')];
    await mkdir(sources);
    await mkdir(folder.join('ComfyUI/custom_nodes'), { recursive: true });
    for (let number = 0; number < 6; number += 1)
      await writeFile(
        folder.join('sources', `m${number}.safetensors`),
        buildFluxLora({ scale: 0.02, fillSeed: number }),
      );
    await using library = await openWorkspace({ root });
    await library.import([sources]).result;

    const children = ['write', 'write', 'read'].map((mode, number) => {
      const args = ['--conditions=modelkeep-source', program, root, sources, appRoot, mode, String(SEED + number)];
      const child = spawn(process.execPath, [...args, String(SECONDS)], { stdio: ['pipe', 'pipe', 'inherit'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return { child, ended: once(child, 'exit'), line: async () => (await lines.next()).value as string };
    });
    expect(await Promise.all(children.map(({ line }) => line()))).toEqual(children.map(() => 'over'));
    for (const { child } of children) child.stdin.write('end\n');
    const tellings = await Promise.all(children.map(async ({ line }) => JSON.parse(await line()) as Told));
    expect((await Promise.all(children.map(({ ended }) => ended))).map(([code]) => code)).toEqual([0, 0, 0]);

    const now = async (): Promise<Told['told']> =>
      (await library.list())
        .map(({ id, revision }) => [id, revision] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
    // The changes have told each process what is there, and so does the index.
    for (const { told } of tellings) expect(told).toEqual(await now());
    expect((await library.verify().result).problems).toEqual([]);
    const before = await library.list();
    // No process has undone what another one wrote into the same model.
    const byId = new Map(before.map((record) => [record.id, record]));
    for (const [id, value] of tellings.flatMap(({ written }) => written)) {
      const record = byId.get(id);
      if (record !== undefined) expect([...record.tags, record.description]).toContain(value);
    }
    expect(tellings.reduce((sum, { edits }) => sum + edits, 0)).toBeGreaterThan(0);
    await library.rebuildIndex();
    expect(await library.list()).toEqual(before);

    // The app sees what is there, and nothing else.
    const links = await library.planLinks('comfyui', { appRoot });
    await links.apply();
    const again = await library.planLinks('comfyui', { appRoot });
    expect(again.plan.counts).toMatchObject({ keep: before.length, create: 0, remove: 0, conflict: 0, replace: 0 });
    await library.collectGarbage().result;
    expect((await library.verify().result).problems).toEqual([]);
  },
  SECONDS * 2_000 + 120_000,
);
