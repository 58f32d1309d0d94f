import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../workspace.test-helper.ts';
import { openWorkspace } from '../workspace/open-workspace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { writeRegistry } from './registry/registry.test-helper.ts';

const MODELS = 30;
const ENTRIES = 1_500;
const program = fileURLToPath(new URL('./killed-migrations.test-child.ts', import.meta.url));

interface Migration {
  readonly kind: 'registry' | 'servers' | 'manifest' | 'progress' | 'tokens';
  /** Writes what the other tool has left. */
  readonly write: (path: string, folder: string) => Promise<unknown>;
  /** How much of it is here. */
  readonly here: (workspace: Workspace) => Promise<number>;
  readonly all: number;
  /** Takes it over, and tells how many things that wrote. */
  readonly again: (workspace: Workspace, path: string) => Promise<number>;
}

const keys = Array.from({ length: ENTRIES }, (_, number) => `key ${number}`);
const jsonOf = (entry: unknown) => (path: string) =>
  writeFile(path, JSON.stringify(Object.fromEntries(keys.map((key) => [key, entry]))));
const stateAgain =
  (kind: 'manifest' | 'progress' | 'tokens') =>
  async (workspace: Workspace, path: string): Promise<number> =>
    (await workspace.migrateState(kind, path)).written.length;
const timestamp = '2025-03-01T10:00:00.000Z';
const seenOn = Array.from({ length: 200 }, (_, number) => `gpu-${number}`);

const migrations: readonly Migration[] = [
  {
    kind: 'manifest',
    write: jsonOf({ completed: true, repo_id: 'acme/x', timestamp, size_bytes: 7 }),
    here: async ({ shared }) => (await shared?.manifest.list())?.length ?? 0,
    all: ENTRIES,
    again: stateAgain('manifest'),
  },
  {
    kind: 'progress',
    write: jsonOf({ status: 'complete', percentage: 100, error: null, updated_at: timestamp }),
    here: async ({ shared }) => (await shared?.progress.list())?.length ?? 0,
    all: ENTRIES,
    again: stateAgain('progress'),
  },
  {
    kind: 'tokens',
    write: (path) => writeFile(path, JSON.stringify({ hf_token: 'hf_secret', civitai_token: 'civ-secret' })),
    here: async ({ tokens }) => (await tokens.list()).length,
    all: 2,
    again: stateAgain('tokens'),
  },
  {
    kind: 'registry',
    async write(path, folder) {
      await mkdir(folder);
      const models = [];
      for (let number = 0; number < MODELS; number += 1) {
        const file = `${folder}/line-${number}.safetensors`;
        await writeFile(file, buildFluxLora({ scale: 0.02, fillSeed: number + 1 }));
        models.push({ id: number + 1, name: `Line ${number}`, local_path: file, civitai_model_base: 'Pony' });
      }
      await writeRegistry(path, { models });
    },
    here: async (workspace) =>
      (await workspace.list()).filter(({ origins }) => origins['baseModel'] === 'registry').length,
    all: MODELS,
    again: async (workspace, path) => (await workspace.migrateRegistry(path).result).changed,
  },
  {
    kind: 'servers',
    write: (path) =>
      writeRegistry(path, {
        models: Array.from({ length: 20 }, (_, number) => ({
          id: number + 1,
          name: `Line ${number}`,
          hash_sha256: createHash('sha256').update(String(number)).digest('hex'),
          civitai_file_size_kb: 2,
        })),
        servers: seenOn.flatMap((server) =>
          Array.from({ length: 20 }, (_, number) => ({ id: number + 1, server, seen: '2026-01-02 10:00:00' })),
        ),
      }),
    here: async ({ servers }) =>
      (await servers.contents({ limit: 1_000 })).reduce((sum, { copies }) => sum + copies, 0),
    all: 20 * seenOn.length,
    again: async (workspace, path) =>
      (await workspace.migrateAvailability(path).result).servers.reduce((sum, { added }) => sum + added, 0),
  },
];

it.each(migrations)(
  'taking over $kind that is killed half-way leaves the source alone, and is done by the next run',
  async ({ kind, write, here, all, again }) => {
    await using folder = await tempFolder();
    const [root, source] = [folder.join('library'), folder.join('source')];
    await write(source, folder.join('models'));
    const bytes = await readFile(source);
    await using workspace = await openWorkspace({ root, hub: { offline: true } });
    const child = spawn(process.execPath, ['--conditions=modelkeep-source', program, root, kind, source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    await once(child.stdout, 'data');
    while ((await here(workspace)) === 0 && child.exitCode === null);
    child.kill('SIGKILL');
    await ended;
    const before = await here(workspace);
    const written = await again(workspace, source);
    expect(before + written).toBe(all);
    expect(await here(workspace)).toBe(all);
    expect(await again(workspace, source)).toBe(0);
    expect(await readFile(source)).toEqual(bytes);
    expect((await workspace.verify().result).problems).toEqual([]);
    // With so much to write it was killed in the midst of it.
    if (kind !== 'tokens') expect(written).toBeGreaterThan(0);
  },
  120_000,
);
