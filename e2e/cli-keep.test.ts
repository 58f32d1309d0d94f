import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { buildFluxLora } from '@modelkeep/testing';
import type { DeleteReport, HistoryEntry, MetadataImportReport, ModelRecord } from 'modelkeep';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { testFolder, type TestFolder } from './test-folder.ts';

const slug = 'lora/flux1/line';

async function withLora(folder: TestFolder, name = 'library'): Promise<readonly string[]> {
  await writeFile(folder.join('line.safetensors'), buildFluxLora({ scale: 0.05 }));
  const root = ['--root', folder.join(name)];
  expect((await runCli(['import', folder.join('line.safetensors'), ...root])).exitCode).toBe(0);
  return root;
}

describe('edit, show, history, export and import-metadata', () => {
  it('say what a person said, where it came from and when, and carry it to another library', async () => {
    await using folder = await testFolder();
    const root = await withLora(folder);
    const edited = await runCli(['edit', slug, '--set', 'type=vae', '--set', 'tags=a,b', '--set', 'licence=', ...root]);
    expect([edited.exitCode, edited.stderr]).toEqual([0, '']);
    for (const line of [
      /type: +vae {2}\(user\)/,
      /tags: +a, b {2}\(user\)/,
      /licence: +none {2}\(user\)/,
      /family: +flux1 {2}\(embedded\)/,
    ]) {
      expect(edited.stdout).toMatch(line);
    }
    expect((await runCli(['show', slug, ...root])).stdout).toBe(edited.stdout);
    const cleared = await runCli(['edit', slug, '--clear', 'type', ...root, '--json']);
    expect(cleared.json<ModelRecord>()).toMatchObject({ type: 'lora', tags: ['a', 'b'], revision: 3 });
    const { history } = (await runCli(['history', slug, ...root, '--json'])).json<{ history: HistoryEntry[] }>();
    expect(history.map(({ by, field, to }) => [by, field, to])).toEqual([
      ['edit', 'type', 'vae'],
      ['edit', 'tags', ['a', 'b']],
      ['edit', 'licence', ''],
      ['edit', 'type', null],
    ]);
    expect((await runCli(['history', slug, ...root])).stdout).toMatch(/user \(edit\) +type: vae → none/);

    const file = folder.join('models.jsonl');
    expect((await runCli(['export', file, ...root])).stdout).toBe(`1 models in ${file}\n`);
    expect((await runCli(['export', ...root])).stdout.split('\n').slice(1)).toEqual(
      (await readFile(file, 'utf8')).split('\n').slice(1),
    );
    expect((await runCli(['export', ...root, '--json'])).json<{ lines: object[] }>().lines).toHaveLength(2);
    const again = await runCli(['export', file, ...root, '--json']);
    expect([again.exitCode, again.json()]).toMatchObject([1, { error: { code: 'io.exists' } }]);

    const other = await withLora(folder, 'other');
    const learnt = await runCli(['import-metadata', file, ...other, '--json']);
    expect([learnt.exitCode, learnt.json<MetadataImportReport>()]).toMatchObject([0, { changed: 1, problems: [] }]);
    expect((await runCli(['import-metadata', file, ...other])).stdout).toContain('1 knew everything');
    expect((await runCli(['show', slug, ...other])).stdout).toMatch(/tags: +a, b {2}\(user\)/);
    await writeFile(file, `${(await readFile(file, 'utf8')).split('\n')[0] ?? ''}\nnonsense\n`);
    const bad = await runCli(['import-metadata', file, ...other]);
    expect([bad.exitCode, bad.stderr]).toEqual([1, expect.stringContaining('line 2')]);
  }, 120_000);

  it('wrong usage is exit code 2 with what is wrong', async () => {
    await using folder = await testFolder();
    const root = await withLora(folder);
    for (const [args, text] of [
      [['edit', slug], 'there is nothing to set'],
      [['edit', slug, '--set', 'type=car'], 'library.invalid-edit'],
      [['delete'], "missing required argument 'model'"],
      [['import-metadata', ''], 'the name of the file is empty'],
    ] as const) {
      const run = await runCli([...args, ...root]);
      expect([run.exitCode, run.stderr], args.join(' ')).toEqual([2, expect.stringContaining(text)]);
    }
  }, 120_000);

  it('that cannot be done is exit code 1 with the code', async () => {
    await using folder = await testFolder();
    const root = [...(await withLora(folder)), '--json'];
    const run = await runCli(['export', folder.join('no', 'x.jsonl'), ...root]);
    expect([run.exitCode, run.json()]).toMatchObject([1, { error: { code: 'io.not-found' } }]);
    for (const command of [
      ['edit', 'x', '--set', 'type=lora'],
      ['history', 'x'],
      ['delete', 'x', '--yes'],
      ['export'],
    ]) {
      const run = await runCli([...command, '--root', folder.join('none'), '--json']);
      expect([run.exitCode, run.json()], command.join(' ')).toMatchObject([1, { error: { code: 'library.invalid' } }]);
    }
    expect((await readdir(folder.path)).toSorted()).toEqual(['library', 'line.safetensors']);
  }, 120_000);
});

describe('delete', () => {
  it('tells first, refuses what apps link to, and then takes both away', async () => {
    await using folder = await testFolder();
    const root = await withLora(folder);
    const app = folder.join('ComfyUI');
    await mkdir(folder.join('ComfyUI', 'models'), { recursive: true });
    await runCli(['link', 'comfyui', app, ...root]);
    await writeFile(folder.join('library', slug, 'notes.txt'), 'mine');
    const dry = await runCli(['delete', slug, '--dry-run', ...root]);
    expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringContaining(`would delete ${slug}: 1 file`)]);
    expect(dry.stdout).toContain(`linked by ${app}/models/loras/line.safetensors`);
    expect(dry.stdout).toContain(`stays: ${slug}/notes.txt`);
    const unsure = await runCli(['delete', slug, ...root]);
    expect([unsure.exitCode, unsure.stderr]).toEqual([2, expect.stringContaining('say --yes to delete, and --unlink')]);
    const linked = await runCli(['delete', slug, '--yes', ...root, '--json']);
    expect([linked.exitCode, linked.json()]).toMatchObject([1, { error: { code: 'workflows.model-linked' } }]);
    const gone = await runCli(['delete', slug, '--yes', '--unlink', ...root, '--json']);
    expect(gone.exitCode, gone.stderr).toBe(0);
    expect(gone.json<DeleteReport>()).toMatchObject({ removed: true, unlinked: [{ outcome: 'removed' }] });
    expect(await readdir(folder.join('library', slug))).toEqual(['notes.txt']);
    expect(await readdir(folder.join('ComfyUI', 'models'))).toEqual([]);
    expect((await runCli(['list', ...root, '--json'])).json<{ models: object[] }>().models).toEqual([]);
    expect((await runCli(['doctor', ...root])).exitCode).toBe(0);
  }, 120_000);
});
