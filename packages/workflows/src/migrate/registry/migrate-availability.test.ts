import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { buildFluxLora } from '@modelkeep/testing';
import { expect, it } from 'vitest';
import { openWorkspace } from '../../workspace/open-workspace.ts';
import { tempFolder } from '../../workspace.test-helper.ts';
import { addToRegistry, writeRegistry } from './registry.test-helper.ts';

it('which server has which model is taken over once; what a server has told itself since counts more', async () => {
  await using folder = await tempFolder();
  const lora = buildFluxLora({ scale: 0.02 });
  const sha256 = createHash('sha256').update(lora).digest('hex');
  const elsewhere = 'cd'.repeat(32);
  await writeFile(folder.join('line.safetensors'), lora);
  const registry = await writeRegistry(folder.join('old.sqlite'), {
    models: [
      {
        id: 1,
        name: 'Line',
        hash_autov2: sha256.slice(0, 10),
        local_path: '/srv/line.safetensors',
        civitai_version_id: 70,
      },
      {
        id: 2,
        name: 'Elsewhere',
        hash_sha256: elsewhere.toUpperCase(),
        civitai_file_size_kb: 2,
        local_path: 'D:\\b.safetensors',
      },
      { id: 3, name: 'Unknown size', hash_sha256: 'ef'.repeat(32) },
    ],
    aliases: [{ id: 2, path: '/mnt/b.safetensors' }],
    servers: [
      { id: 1, server: 'gpu-1', seen: '2026-01-02 10:00:00' },
      { id: 2, server: 'gpu-1', seen: null },
      { id: 2, server: 'gpu-2', seen: '2026-01-02 10:00:00' },
      { id: 3, server: 'gpu-2', seen: null },
      { id: 1, server: 'no such id', seen: null },
    ],
    sql: [`insert into model_server_availability (model_id, server_id) values (1, x'00')`],
  });
  await using workspace = await openWorkspace({ root: folder.join('library'), hub: { offline: true } });
  await workspace.import(folder.join('line.safetensors')).result;

  const expected = [
    { id: 'gpu-1', isNew: true, added: 2, unchanged: 0, kept: 0 },
    { id: 'gpu-2', isNew: true, added: 1, unchanged: 0, kept: 0 },
  ];
  const plan = await workspace.migrateAvailability(registry, { dryRun: true }).result;
  expect(plan).toMatchObject({ dryRun: true, servers: expected, problemCount: 3 });
  expect(structuredClone(plan)).toEqual(plan);
  expect((await workspace.servers.list()).map(({ id }) => id)).not.toContain('gpu-1');

  const report = await workspace.migrateAvailability(registry).result;
  expect(report).toMatchObject({ dryRun: false, servers: expected });
  expect(report.problems.map(({ row, reason }) => `${row}: ${reason}`)).toEqual([
    '3: nobody knows the hash and the size of what servers have of it',
    'null: 1 rows of servers are none, or of no model',
    'null: server no such id: the id of a server has up to 128 letters, digits, ".", "_" and "-"',
  ]);
  const holdings = await workspace.servers.whereIs([sha256, elsewhere]);
  expect(holdings.map(({ serverId, path, state }) => `${serverId} ${path} ${state}`).toSorted()).toEqual([
    'gpu-1 /srv/line.safetensors present',
    'gpu-1 D:\\b.safetensors present',
    'gpu-2 D:\\b.safetensors present',
  ]);
  const { meant } = await workspace.servers.availability([{ by: 'alias', path: '/mnt/b.safetensors' }]);
  expect(meant[0]).toHaveLength(1);

  const before = await workspace.servers.get('gpu-1');
  expect((await workspace.migrateAvailability(registry).result).servers).toEqual([
    { id: 'gpu-1', isNew: false, added: 0, unchanged: 2, kept: 0 },
    { id: 'gpu-2', isNew: false, added: 0, unchanged: 1, kept: 0 },
  ]);
  expect((await workspace.servers.get('gpu-1')).inventory).toEqual(before.inventory);

  // The server says that it has nothing any more, and the registry does not know of it.
  await workspace.servers.sync('gpu-1', { kind: 'full', base: before.inventory, items: [] });
  expect((await workspace.migrateAvailability(registry).result).servers[0]).toMatchObject({ added: 0, kept: 2 });
  await addToRegistry(registry, {
    sql: [
      `update model_server_availability set last_seen = '2999-01-01 00:00:00' where model_id = 1 and server_id = 'gpu-1'`,
    ],
  });
  expect((await workspace.migrateAvailability(registry).result).servers[0]).toMatchObject({ added: 1, kept: 1 });
});

it('all that a server has is told at once, however much it is', async () => {
  await using folder = await tempFolder();
  const ids = Array.from({ length: 5_001 }, (_, number) => number + 1);
  const registry = await writeRegistry(folder.join('old.sqlite'), {
    models: ids.map((id) => ({
      id,
      name: `Model ${id}`,
      hash_sha256: createHash('sha256').update(String(id)).digest('hex'),
      civitai_file_size_kb: 2,
    })),
    servers: ids.map((id) => ({ id, server: 'gpu-1', seen: '2026-01-02 10:00:00' })),
  });
  await using workspace = await openWorkspace({ root: folder.join('library'), hub: { offline: true } });
  const { servers } = await workspace.migrateAvailability(registry).result;
  expect(servers).toMatchObject([{ added: ids.length }]);
  // Killed in between, the rest of it would be older than what the server has told.
  expect((await workspace.servers.get('gpu-1')).inventory.version).toBe(1);
}, 60_000);
