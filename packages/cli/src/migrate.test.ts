import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora } from '@modelkeep/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { main } from './main.ts';

/** The command within this process; what would be shown is collected. */
async function runCli(...args: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const shown = { stdout: '', stderr: '' };
  const exitCode = await main(args, {
    out: (text) => (shown.stdout += `${text}\n`),
    err: (text) => (shown.stderr += `${text}\n`),
    progressStream: null,
  });
  return { exitCode, ...shown };
}

afterEach(() => vi.unstubAllEnvs());

it('a registry is looked at, taken over, found by its paths and written again', async () => {
  await using parts = new AsyncDisposableStack();
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-cli-migrate-'));
  parts.defer(() => rm(path, { recursive: true, force: true }));
  vi.stubEnv('MODELKEEP_ROOT', join(path, 'library'));
  await mkdir(join(path, 'models'));
  const line = join(path, 'models', 'line.safetensors');
  await writeFile(line, buildFluxLora({ scale: 0.02 }));
  const registry = join(path, 'old.sqlite');
  const database = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(registry);
  database.exec(`
    create table models (id integer primary key, name, local_path, civitai_id, hash_sha256);
    create table model_aliases (model_id, alias_path);
    insert into models values (1, 'Line', '${line}', 'x', null), (2, 'Gone', '/gone.safetensors', null, null),
      (3, 'Other', '${line}', null, '${'ab'.repeat(32)}');
    insert into model_aliases values (1, 'D:\\SD\\Lora\\line.safetensors');`);
  database.close();

  const plan = await runCli('migrate', 'registry', registry, '--dry-run');
  expect(plan.stdout).toContain('nothing was changed');
  expect(plan.stderr).toContain('error: row 1, civitai_id: it is no number');
  const taken = await runCli('migrate', 'registry', registry);
  expect(taken.exitCode).toBe(1);
  expect(taken.stdout).toContain('gone       /gone.safetensors');
  expect(taken.stdout).toContain(`conflict   ${line} (other-content)`);
  expect(taken.stdout).toContain('1 models changed, 0 knew everything');
  const again = await runCli('migrate', 'registry', registry, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ changed: 0, unchanged: 1, problemCount: 1 });

  expect((await runCli('show', 'e:/lora/line.safetensors')).stdout).toContain('line');
  expect((await runCli('show', 'D:\\SD\\nothing.safetensors')).stderr).toContain('library.model-not-found');
  const written = await runCli('migrate', 'registry', join(path, 'new.sqlite'), '--export');
  expect(written).toMatchObject({ exitCode: 0, stdout: `1 rows and 1 aliases in ${join(path, 'new.sqlite')}\n` });
  expect((await runCli('migrate', 'registry', join(path, 'new.sqlite'), '--export')).stderr).toContain('io.exists');
  expect((await runCli('migrate', 'registry', line)).stderr).toContain('workflows.unreadable-source');
  expect((await runCli('migrate', 'everything', line)).exitCode).toBe(2);
  expect((await runCli('migrate', 'registry', line, '--export', '--dry-run')).exitCode).toBe(2);
});

it('the JSON files of a download manager are taken over; tokens have no way back', async () => {
  await using parts = new AsyncDisposableStack();
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-cli-migrate-'));
  parts.defer(() => rm(path, { recursive: true, force: true }));
  vi.stubEnv('MODELKEEP_ROOT', join(path, 'library'));
  const done = { completed: true, repo_id: 'acme/x', timestamp: '2025-03-01T10:00:00Z', size_bytes: 5 };
  const manifest = join(path, '.manifest.json');
  await writeFile(manifest, JSON.stringify({ flux: done, odd: 7 }));
  const plan = await runCli('migrate', 'manifest', manifest, '--dry-run');
  expect(plan).toMatchObject({ exitCode: 1, stdout: '1 would be written, 0 the same, 0 newer here or kept\n' });
  expect(plan.stderr).toContain('error: odd: it is no object');
  expect((await runCli('migrate', 'manifest', manifest)).stdout).toMatch(/^1 written.*\nwhat was here before is in /u);
  expect(JSON.parse((await runCli('migrate', 'manifest', manifest, '--json')).stdout)).toMatchObject({
    unchanged: ['flux'],
  });
  expect((await runCli('migrate', 'manifest', join(path, 'out.json'), '--export')).stdout).toContain('1 entries in ');
  for (const kind of ['tokens', 'servers'])
    expect((await runCli('migrate', kind, join(path, 'x'), '--export')).stderr).toContain('are not exported');
  const tokens = join(path, '.api_tokens.json');
  await writeFile(tokens, '{"hf_token": "hf_secret", ');
  const broken = await runCli('migrate', 'tokens', tokens);
  expect(broken).toMatchObject({ exitCode: 1, stdout: '' });
  expect(broken.stderr).not.toContain('hf_secret');

  const registry = join(path, 'old.sqlite');
  const database = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(registry);
  database.exec(`
    create table models (id integer primary key, name, hash_sha256, civitai_file_size_kb);
    create table model_server_availability (model_id, server_id, last_seen);
    insert into models values (1, 'a', '${'ab'.repeat(32)}', 2), (2, 'b', null, null);
    insert into model_server_availability values (1, 'gpu-1', null), (2, 'gpu-1', null);`);
  database.close();
  const servers = await runCli('migrate', 'servers', registry);
  expect(servers).toMatchObject({
    exitCode: 1,
    stdout: 'new     gpu-1: 1 added, 0 the same, 0 told otherwise since\n1 servers\n',
  });
  expect(servers.stderr).toContain('error: row 2: nobody knows');
  expect((await runCli('migrate', 'servers', registry, '--json')).stdout).toContain('"unchanged": 1');
});
