import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSystem } from '@modelkeep/io';
import { buildFluxLora, buildVae, createFaultyFileSystem, systemError } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { declareDead, laterBy, openTestStore, tempFolder } from '../open-store.test-helper.ts';

class Crash extends Error {}

/** Every change is a point; the run of each day takes one in so many. */
const STRIDE = process.env['MODELKEEP_KILL_POINTS'] === undefined ? 4 : 1;
const lora = buildFluxLora({ scale: 0.02 });
const vae = buildVae({ kind: 'sd', scale: 0.02 });

/** A folder that was scanned once; since then a file was moved and two came. */
async function changedFolder(folder: string): Promise<{ root: string; models: string; id: string }> {
  const root = join(folder, 'library');
  const models = join(folder, 'models');
  await mkdir(join(models, 'new'), { recursive: true });
  await writeFile(join(models, 'line.safetensors'), lora);
  await using store = await openTestStore({ root });
  const { added } = await store.scan([models]).result;
  const id = added[0]?.id ?? '';
  await writeFile(join(root, 'external', id, 'overrides.json'), '{"fields": {"tags": ["mine"]}}');
  await rename(join(models, 'line.safetensors'), join(models, 'new', 'moved.safetensors'));
  await writeFile(join(models, 'new', 'vae.safetensors'), vae);
  await writeFile(join(models, 'other.safetensors'), buildFluxLora({ scale: 0.02, fillSeed: 3 }));
  return { root, models, id };
}

async function scanWith(fileSystem: FileSystem, root: string, models: string): Promise<unknown> {
  try {
    await using store = await openTestStore({ root, fileSystem });
    await store.scan([models]).result;
    return null;
  } catch (error) {
    return error;
  }
}

async function expectWhole(
  { root, models, id }: { root: string; models: string; id: string },
  when: string,
): Promise<void> {
  await using store = await openTestStore({ root });
  await store.scan([models]).result;
  expect(await store.survey(), when).toEqual({ models: 3, stale: 0, problems: [] });
  expect((await store.verify()).problems, when).toEqual([]);
  expect(await store.index.get(id), when).toMatchObject({ tags: ['mine'], place: { path: join(models, 'new') } });
  const again = await store.scan([models]).result;
  expect([again.added, again.moved, again.hashesComputed], when).toEqual([[], [], 0]);
}

describe('a scan', () => {
  it('cut off before any of its changes leaves old or new metadata, and no model twice', async () => {
    let points = 0;
    for (let atMutation = 1; ; atMutation += STRIDE) {
      await using folder = await tempFolder();
      const scene = await changedFolder(folder.path);
      const error = (): Error => new Crash('the process is gone');
      const faulty = createFaultyFileSystem({ atMutation, lasts: 'from-then-on', error });
      await scanWith(faulty.fileSystem, scene.root, scene.models);
      if (faulty.struck === null) break;
      points += 1;
      for (const name of await readdir(join(scene.root, 'external'))) {
        JSON.parse(await readFile(join(scene.root, 'external', name, 'metadata.json'), 'utf8'));
      }
      await declareDead(scene.root);
      await expectWhole(scene, `after a crash at change ${atMutation}`);
      await using dayAfter = await openTestStore({ root: scene.root, clock: laterBy(25) });
      for (const place of [dayAfter.layout.transactions, dayAfter.layout.temp])
        expect(await readdir(place)).toEqual([]);
    }
    expect(points * STRIDE).toBeGreaterThan(20);
  }, 600_000);

  it('whose drive fails at any of its changes fails with that, and can be run again', async () => {
    let failures = 0;
    for (let atMutation = 2; ; atMutation += STRIDE) {
      await using folder = await tempFolder();
      const scene = await changedFolder(folder.path);
      const error = (): Error => systemError('ENOSPC');
      const faulty = createFaultyFileSystem({ atMutation, lasts: 'once', error });
      const outcome = await scanWith(faulty.fileSystem, scene.root, scene.models);
      if (faulty.struck === null) break;
      if (outcome !== null) {
        failures += 1;
        expect(outcome, `at change ${atMutation}`).toMatchObject({ code: 'io.disk-full' });
      }
      await declareDead(scene.root);
      await expectWhole(scene, `after a failure at change ${atMutation}`);
    }
    expect(failures * STRIDE).toBeGreaterThan(15);
  }, 600_000);

  it('that is killed while it hashes does not hash again what it has', async () => {
    await using folder = await tempFolder();
    const models = join(folder.path, 'models');
    const count = 100;
    await mkdir(models);
    for (let number = 0; number < count; number += 1) {
      await writeFile(join(models, `${number}.safetensors`), buildFluxLora({ scale: 0.002, fillSeed: number + 1 }));
    }
    const root = join(folder.path, 'library');
    await runScan(root, models, { killWhen: (text) => text.includes(`hashing ${count - 20}\n`) });
    const { report } = await runScan(root, models);
    expect(report?.added).toHaveLength(count);
    expect((report?.hashesComputed ?? 0) + (report?.hashesReused ?? 0)).toBe(count);
    expect(report?.hashesReused).toBeGreaterThanOrEqual(64);
    expect((await runScan(root, models)).report).toMatchObject({ added: [], hashesComputed: 0 });
  }, 60_000);

  it('in two processes at once makes each model once', async () => {
    await using folder = await tempFolder();
    const models = join(folder.path, 'models');
    await mkdir(models);
    for (let number = 0; number < 40; number += 1) {
      await writeFile(join(models, `${number}.safetensors`), buildFluxLora({ scale: 0.002, fillSeed: number + 1 }));
    }
    const root = join(folder.path, 'library');
    await (await openTestStore({ root })).close();
    const runs = await Promise.all([runScan(root, models), runScan(root, models)]);
    const added = runs.flatMap(({ report }) => report?.added ?? []);
    expect([added.length, new Set(added).size]).toEqual([40, 40]);
    await using store = await openTestStore({ root });
    expect(await store.survey()).toEqual({ models: 40, stale: 0, problems: [] });
  }, 60_000);
});

interface ProgramReport {
  readonly added: readonly string[];
  readonly hashesComputed: number;
  readonly hashesReused: number;
}

/** Scans in a process of its own, which may be killed. */
async function runScan(
  root: string,
  models: string,
  { killWhen }: { readonly killWhen?: (text: string) => boolean } = {},
): Promise<{ readonly report: ProgramReport | null }> {
  const program = join(import.meta.dirname, 'scan.test-program.ts');
  const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, root, models], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (killWhen?.(text) === true) child.kill('SIGKILL');
  });
  const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  );
  expect([exitCode, signal]).toEqual(killWhen === undefined ? [0, null] : [null, 'SIGKILL']);
  const line = /^report (.*)$/m.exec(text)?.[1];
  return { report: line === undefined ? null : (JSON.parse(line) as ProgramReport) };
}
