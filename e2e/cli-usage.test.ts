import { chmod, mkdir, open, writeFile } from 'node:fs/promises';
import { buildFluxLora } from '@modelkeep/testing';
import type { ImportReport, ModelRecord } from 'modelkeep';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';
import { filesBelow, testFolder } from './test-folder.ts';

describe('wrong usage', () => {
  it.each([
    [[], 'Usage: modelkeep'],
    [['nonsense'], 'unknown command'],
    [['get'], "missing required argument 'reference'"],
    [['list', '--type', 'car'], 'is invalid'],
    [['search', 'x', '--limit', '0'], 'a whole number above 0'],
    [['list', '--wrong'], 'unknown option'],
    [['scan'], "missing required argument 'roots'"],
    [['scan', '/x', '--max-hash-bytes', 'many'], 'a number of bytes is expected'],
    [['import', '/x', '--mode', 'steal'], 'is invalid'],
  ])('%j is exit code 2 with what is wrong', async (args, text) => {
    const run = await runCli(args);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(text);
    expect(run.stdout).toBe('');
  });

  it('is a JSON document too where one was asked for', async () => {
    for (const args of [
      ['get', '--json'],
      ['nonsense', '--json'],
      ['list', '--type', 'car', '--json'],
    ]) {
      const run = await runCli(args);
      expect(run.exitCode).toBe(2);
      expect(run.json()).toMatchObject({ error: { message: expect.any(String) } });
    }
  });

  it('an empty path or glob, as an unset variable gives it, is refused', async () => {
    await using folder = await testFolder();
    await writeFile(folder.join('a.safetensors'), buildFluxLora());
    const root = ['--root', folder.join('library'), '--json'];
    await runCli(['import', folder.join('a.safetensors'), ...root]);
    for (const args of [
      ['import', ''],
      ['scan', ''],
      ['link', 'comfyui', ''],
      ['unlink', 'comfyui', ''],
    ]) {
      const run = await runCli([...args, ...root]);
      expect([run.exitCode, run.json()]).toMatchObject([2, { error: { code: 'core.invalid-argument' } }]);
    }
  });

  it('no root is exit code 2 with the way out', async () => {
    const run = await runCli(['list']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('MODELKEEP_ROOT');
  });

  it('a reference that is none is exit code 2, as JSON too', async () => {
    await using folder = await testFolder();
    for (const reference of ['flux', 'hf:', 'hf:../x', 'ftp://x/y']) {
      const run = await runCli(['get', reference, '--root', folder.join('library'), '--json']);
      expect(run.exitCode, reference).toBe(2);
      expect(run.json()).toMatchObject({ error: { code: 'hub.invalid-reference' } });
    }
  });

  it('an app that is not known is exit code 2 and names those that are', async () => {
    await using folder = await testFolder();
    await mkdir(folder.join('app'));
    await writeFile(folder.join('a.safetensors'), buildFluxLora());
    await runCli(['import', folder.join('a.safetensors'), '--root', folder.join('library')]);
    const run = await runCli(['link', 'photoshop', folder.join('app'), '--root', folder.join('library'), '--json']);
    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({
      error: { code: 'mapper.unknown-app', facts: { known: expect.arrayContaining(['comfyui', 'forge']) } },
    });
  });

  it('--help and --version answer on stdout', async () => {
    const help = await runCli(['get', '--help']);
    expect(help.exitCode).toBe(0);
    expect(help.stdout).toContain('--include <glob>');
    const version = await runCli(['--version']);
    expect(version.exitCode).toBe(0);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('what cannot be done', () => {
  it('a folder that is no library is not made into one by a command that reads', async () => {
    await using folder = await testFolder();
    for (const command of [
      ['list'],
      ['search', 'x'],
      ['verify'],
      ['rebuild'],
      ['doctor'],
      ['show', 'x'],
      ['link', 'comfyui', folder.path],
    ]) {
      const run = await runCli([...command, '--root', folder.join('none'), '--json']);
      expect(run.exitCode, command.join(' ')).toBe(1);
      expect(run.json(), command.join(' ')).toMatchObject({ error: { code: 'library.invalid' } });
    }
    expect(await filesBelow(folder.path)).toEqual([]);
  });

  it("somebody's folder is not made into a library", async () => {
    await using folder = await testFolder();
    await writeFile(folder.join('thesis.txt'), 'mine');
    const run = await runCli(['import', folder.join('thesis.txt'), '--root', folder.path, '--json']);
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({ error: { code: 'library.invalid' } });
    expect(await filesBelow(folder.path)).toEqual(['thesis.txt']);
  });

  // Only Linux has /dev/full, a drive without room for a single byte.
  it.runIf(process.platform === 'linux')(
    'an answer that cannot be written is exit code 1, without a stack trace',
    async () => {
      await using folder = await testFolder();
      await writeFile(folder.join('a.safetensors'), buildFluxLora());
      const root = ['--root', folder.join('library')];
      await runCli(['import', folder.join('a.safetensors'), ...root]);
      const full = await open('/dev/full', 'w');
      try {
        const run = await runCli(['list', ...root], { stdoutTo: full.fd });
        expect([run.exitCode, run.stderr]).toEqual([1, '']);
      } finally {
        await full.close();
      }
    },
  );

  it('a model that is not there', async () => {
    await using folder = await testFolder();
    await writeFile(folder.join('a.safetensors'), buildFluxLora());
    const root = ['--root', folder.join('library'), '--json'];
    await runCli(['import', folder.join('a.safetensors'), ...root]);
    expect((await runCli(['show', 'nothing', ...root])).json()).toMatchObject({
      error: { code: 'library.model-not-found' },
    });
    expect((await runCli(['show', '%', ...root])).exitCode).toBe(1);
    expect((await runCli(['import', folder.join('missing.safetensors'), ...root])).json()).toMatchObject({
      error: { code: 'io.not-found' },
    });
  });
});

describe('import', () => {
  it('copies, identifies and stores each content once; a second run copies nothing', async () => {
    await using folder = await testFolder();
    await mkdir(folder.join('loras', 'more'), { recursive: true });
    await writeFile(folder.join('loras', 'My LoRA (v1).safetensors'), buildFluxLora());
    await writeFile(folder.join('loras', 'more', 'copy.safetensors'), buildFluxLora());
    await writeFile(folder.join('loras', 'notes.txt'), 'not a model');
    const root = ['--root', folder.join('library'), '--json'];
    const first = await runCli(['import', folder.join('loras'), ...root]);
    expect(first.exitCode, first.stderr).toBe(0);
    const report = first.json<ImportReport>();
    expect(new Set(report.models.map(({ id }) => id)).size).toBe(1);
    expect(report.bytesSaved).toBeGreaterThanOrEqual(buildFluxLora().byteLength);
    expect(report.models[0]).toMatchObject({
      type: 'lora',
      family: 'flux1',
      cleanedName: 'My-LoRA-v1',
      officialName: 'My LoRA (v1)',
    });

    const again = (await runCli(['import', folder.join('loras'), ...root])).json<ImportReport>();
    expect(again.bytesCopied).toBe(0);
    const { models } = (await runCli(['list', ...root])).json<{ models: ModelRecord[] }>();
    expect(models).toHaveLength(1);
    const shown = await runCli(['show', models[0]?.id.slice(0, 13) ?? '', '--root', folder.join('library')]);
    expect(shown.stdout).toContain('lora/flux1/my-lora-v1');
    expect(await filesBelow(folder.join('loras'))).toHaveLength(3);
  });

  it('what verify finds makes it fail, and says file, expected and found', async () => {
    await using folder = await testFolder();
    await writeFile(folder.join('a.safetensors'), buildFluxLora());
    const root = ['--root', folder.join('library'), '--json'];
    const { models } = (await runCli(['import', folder.join('a.safetensors'), ...root])).json<ImportReport>();
    const file = models[0]?.files[0];
    const blob = folder.join('library', 'blobs', 'sha256', file?.sha256 ?? '');
    const damaged = buildFluxLora();
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    await chmod(blob, 0o644);
    await writeFile(blob, damaged);
    const run = await runCli(['verify', ...root]);
    expect(run.exitCode).toBe(1);
    expect(run.json()).toMatchObject({
      problems: [{ problem: 'corrupt', file: 'a.safetensors', expected: file?.sha256 }],
    });
    expect((await runCli(['verify', '--quick', ...root])).exitCode).toBe(0);
  });
});
