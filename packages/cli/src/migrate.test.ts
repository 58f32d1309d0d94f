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
