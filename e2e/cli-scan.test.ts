import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import type { ImportReport, ModelRecord, ScanReport } from 'modelkeep';
import { describe, expect, it } from 'vitest';
import { writeCachedCommit } from '../packages/library/src/stores/stores.test-helper.ts';
import { runCli } from './run-cli.ts';
import { filesBelow, testFolder, type TestFolder } from './test-folder.ts';

const lora = buildFluxLora({ scale: 0.1 });
const vae = buildVae({ kind: 'sd', scale: 0.1 });

/** A folder as ComfyUI has it. */
async function comfyUi(folder: TestFolder): Promise<string> {
  const app = folder.join('ComfyUI');
  for (const name of ['models/loras', 'models/vae', 'custom_nodes', 'comfy'])
    await mkdir(`${app}/${name}`, { recursive: true });
  await writeFile(`${app}/main.py`, '');
  await writeFile(`${app}/models/loras/put_loras_here`, '');
  await writeFile(`${app}/models/loras/line.safetensors`, lora);
  await writeFile(`${app}/models/vae/sd.safetensors`, vae);
  await writeFile(`${app}/models/vae/copy.safetensors`, vae);
  return app;
}

describe('scan', () => {
  it('tells what it found in words, and again as JSON, and links what it found into an app', async () => {
    await using folder = await testFolder();
    const app = await comfyUi(folder);
    const environment = { MODELKEEP_ROOT: folder.join('library') };
    const run = await runCli(['scan', app], { environment });
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain(`added     ${app}/models/loras/line.safetensors`);
    expect(run.stdout).toMatch(/twice {5}.*models\/vae\/.* = .*models\/vae\//);
    expect(run.stdout).toContain('3 model files: 2 added, 0 updated, 0 moved, 0 missing, 0 returned, 1 twice');

    await rename(`${app}/models/loras/line.safetensors`, `${app}/models/loras/art.safetensors`);
    const again = (await runCli(['scan', app, '--json'], { environment })).json<ScanReport>();
    expect(again).toMatchObject({ added: [], moved: [{ name: 'line' }], hashesComputed: 0 });
    const show = await runCli(['show', again.moved[0]?.id ?? '', '--json'], { environment });
    expect(show.json<ModelRecord>()).toMatchObject({ place: { kind: 'external', path: `${app}/models/loras` } });

    await mkdir(folder.join('other', 'models', 'loras'), { recursive: true });
    for (const place of [folder.join('other'), app]) {
      const link = await runCli(['link', 'comfyui', place], { environment });
      expect(link.exitCode, link.stderr).toBe(0);
    }
    // What stands in the app's own folder needs no link there.
    expect(await filesBelow(`${app}/models`)).toHaveLength(4);
    expect(await filesBelow(folder.join('other'))).toContain('models/loras/art.safetensors');
    expect(await readFile(folder.join('other/models/loras/art.safetensors'))).toEqual(Buffer.from(lora));
  });

  it('names what it cannot use, and fails with it', async () => {
    await using folder = await testFolder();
    const app = await comfyUi(folder);
    await writeFile(`${app}/models/vae/a:b.safetensors`, lora);
    await symlink('/etc', `${app}/models/etc`);
    const run = await runCli(['scan', app, '--root', folder.join('library')]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/skipped .*models\/etc: a link to a folder/);
    expect(run.stderr).toMatch(/error: .*a:b\.safetensors: .*rename it/);
    expect(run.stdout).toContain('2 added');
  });

  it.skipIf(process.platform === 'win32')(
    'by a process that may open few files says so, or is done, and loses nothing',
    async () => {
      await using folder = await testFolder();
      const app = await comfyUi(folder);
      const root = ['--root', folder.join('library'), '--json'];
      const codes = new Set<string | undefined>();
      for (const openFiles of [36, 44, 52, 60]) {
        const run = await runCli(['scan', app, ...root], { openFiles });
        const told = run.json<
          Partial<ScanReport> & { readonly error?: { readonly code: string; readonly hint: string } }
        >();
        codes.add(told.error?.code);
        if (told.error === undefined) continue;
        expect([run.exitCode, told.error]).toMatchObject([
          1,
          { code: 'core.too-many-files', facts: { limit: openFiles } },
        ]);
        expect(told.error.hint).toContain('ulimit -n');
      }
      expect(codes).toContain('core.too-many-files');
      expect((await runCli(['scan', app, ...root])).json<ScanReport>()).toMatchObject({
        total: 3,
        missing: [],
        errors: [],
      });
      // A library that is known is not taken for gone either.
      await writeFile(`${app}/models/loras/new.safetensors`, buildFluxLora({ scale: 0.1, fillSeed: 8 }));
      await runCli(['scan', app, ...root], { openFiles: 52 });
      const last = (await runCli(['scan', app, ...root])).json<ScanReport>();
      expect(last).toMatchObject({ total: 4, missing: [], returned: [], errors: [] });
      expect((await runCli(['list', ...root])).json<{ models: ModelRecord[] }>().models).toHaveLength(3);
    },
    120_000,
  );

  it('refuses an empty path, a file and the library itself as wrong usage, and a folder that is not there', async () => {
    await using folder = await testFolder();
    await writeFile(folder.join('a.safetensors'), lora);
    const root = ['--root', folder.join('library'), '--json'];
    for (const path of ['', folder.join('a.safetensors')]) {
      const run = await runCli(['scan', path, ...root]);
      expect([run.exitCode, run.json()]).toMatchObject([2, { error: { code: 'core.invalid-argument' } }]);
    }
    const run = await runCli(['scan', folder.join('gone'), ...root]);
    expect([run.exitCode, run.json()]).toMatchObject([1, { error: { code: 'io.not-found' } }]);
  });

  it('with --watch gives a line of JSON for each scan until it is interrupted', async () => {
    await using folder = await testFolder();
    const app = await comfyUi(folder);
    let output = '';
    const run = await runCli(['scan', app, '--watch', '--json', '--root', folder.join('library')], {
      onStart: (child) =>
        child.stdout?.on('data', (chunk: Buffer) => {
          const before = output.split('\n').length;
          output += chunk.toString();
          const lines = output.split('\n').length;
          if (before === 1 && lines > 1)
            void writeFile(`${app}/models/loras/new.safetensors`, buildFluxLora({ scale: 0.1, fillSeed: 8 }));
          if (output.includes('new.safetensors')) child.kill('SIGINT');
        }),
    });
    expect(run.exitCode, run.stderr).toBe(0);
    const reports = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ScanReport);
    expect(reports[0]?.added).toHaveLength(2);
    expect(reports.flatMap(({ added }) => added.map(({ path }) => path))).toContain(
      `${app}/models/loras/new.safetensors`,
    );
  });
});

describe('import --mode', () => {
  it('move makes the file the library’s, link adopts it, and a cache of Hugging Face keeps what it knows', async () => {
    await using folder = await testFolder();
    const environment = { MODELKEEP_ROOT: folder.join('library') };
    await writeFile(folder.join('a.safetensors'), lora);
    await writeFile(folder.join('b.safetensors'), vae);
    const moved = await runCli(['import', '--mode', 'move', folder.join('a.safetensors')], { environment });
    expect([moved.exitCode, moved.stderr]).toMatchObject([0, expect.stringContaining('moved')]);
    const linked = await runCli(['import', '--mode', 'link', folder.join('b.safetensors'), '--json'], { environment });
    expect(linked.json<ImportReport>().bytesSaved + linked.json<ImportReport>().bytesCopied).toBe(vae.byteLength);
    const hub = folder.join('hub');
    const files = { 'line.safetensors': buildFluxLora({ scale: 0.1, fillSeed: 6 }) };
    await writeCachedCommit(hub, { repo: 'acme/lines', commit: 'd'.repeat(40), refs: ['main'], files });
    const adopted = await runCli(['import', hub], { environment });
    expect([adopted.exitCode, adopted.stderr]).toMatchObject([0, expect.stringContaining('stay where they are')]);
    const show = await runCli(['show', (/[0-9a-f-]{36}/.exec(adopted.stdout) ?? [''])[0]], { environment });
    expect(show.stdout).toContain(`hf:acme/lines@${'d'.repeat(40)}/line.safetensors`);
    expect((await filesBelow(folder.path)).includes('a.safetensors')).toBe(false);
    const refused = await runCli(['import', hub, '--mode', 'move', '--json'], { environment });
    expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'core.invalid-argument' } }]);
  });
});
