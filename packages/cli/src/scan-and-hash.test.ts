import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import { describe, expect, it } from 'vitest';
import { main } from './main.ts';

const lora = buildFluxLora({ scale: 0.05 });
const vae = buildVae({ kind: 'sd', scale: 0.05 });

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command within this process; what would be shown is collected. */
async function runCli(args: readonly string[], onOut: (text: string) => void = () => {}): Promise<Run> {
  const shown = { stdout: '', stderr: '' };
  const exitCode = await main(args, {
    out(text) {
      shown.stdout += `${text}\n`;
      onOut(text);
    },
    err: (text) => (shown.stderr += `${text}\n`),
    progressStream: null,
  });
  return { exitCode, ...shown };
}

interface Scene extends AsyncDisposable {
  readonly models: string;
  readonly root: readonly string[];
}

async function scene(): Promise<Scene> {
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-cli-scan-'));
  const models = join(path, 'models');
  await mkdir(models);
  await writeFile(join(models, 'line.safetensors'), lora);
  await writeFile(join(models, 'sd.safetensors'), vae);
  await writeFile(join(models, 'sd copy.safetensors'), vae);
  return {
    models,
    root: ['--root', join(path, 'library')],
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

describe('scan', () => {
  it('tells what is new, what is there twice and what was moved, in words and as JSON', async () => {
    await using place = await scene();
    const { models, root } = place;
    const first = await runCli(['scan', models, ...root]);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(/added +.*line\.safetensors/);
    expect(first.stdout).toMatch(/twice +.*sd.*safetensors = .*sd.*safetensors/);
    expect(first.stdout).toContain('3 model files: 2 added');
    await rename(join(models, 'line.safetensors'), join(models, 'art.safetensors'));
    const second = await runCli(['scan', models, '--json', ...root]);
    expect(JSON.parse(second.stdout)).toMatchObject({ added: [], moved: [{ path: join(models, 'art.safetensors') }] });
    await rename(join(models, 'art.safetensors'), join(models, '..', 'art.safetensors'));
    expect((await runCli(['scan', models, ...root])).stdout).toMatch(/missing +.*art\.safetensors/);
    expect((await runCli(['list', ...root])).stdout).toMatch(/external\/\S+ +line/);
  });

  it('says what it did not read, and fails for a folder that never was there', async () => {
    await using place = await scene();
    const { models, root } = place;
    const small = await runCli(['scan', models, '--max-hash-bytes', '10', ...root]);
    expect(small.stderr).toContain('--max-hash-bytes raises the limit');
    expect(await runCli(['scan', join(models, 'none'), ...root])).toMatchObject({ exitCode: 1 });
    expect(await runCli(['scan', models, '--max-hash-bytes', 'many', ...root])).toMatchObject({ exitCode: 2 });
    expect(await runCli(['scan', ...root])).toMatchObject({ exitCode: 2 });
  });

  it('names the folders that the config of an app leads to, and follows them when it is told to', async () => {
    await using place = await scene();
    const { models, root } = place;
    const app = join(models, '..', 'ComfyUI');
    await mkdir(join(app, 'models'), { recursive: true });
    await writeFile(join(app, 'extra_model_paths.yaml'), `a:\n  base_path: ${models}\n  vae: .\n`);
    const named = await runCli(['scan', app, ...root]);
    expect(named).toMatchObject({ exitCode: 0 });
    expect(named.stderr).toMatch(/^not scanned .*models, named by .*yaml: .*--follow-configs scans it too$/m);
    expect(named.stdout).toContain('0 model files');
    expect((await runCli(['scan', app, '--follow-configs', ...root])).stdout).toContain('3 model files: 2 added');
    expect((await runCli(['scan', '/', ...root])).stderr).toMatch(/hint: .*--wide.*\n.*code: library\.too-wide/);
  });

  it('that watches goes on until it is interrupted', async () => {
    await using place = await scene();
    const { models, root } = place;
    let scans = 0;
    const run = await runCli(['scan', models, '--watch', '--enrich', '--offline', '--json', ...root], () => {
      scans += 1;
      if (scans === 1) process.emit('SIGINT');
    });
    expect(JSON.parse(run.stdout.split('\n')[0] ?? '')).toMatchObject({ total: 3, enriched: { total: 2 } });
  });
});

describe('hash', () => {
  it('computes what is missing, once, and names content that is damaged', async () => {
    await using place = await scene();
    const { models, root } = place;
    await runCli(['import', join(models, 'line.safetensors'), ...root]);
    expect((await runCli(['hash', ...root])).stdout).toContain('1 models have new hashes');
    expect(JSON.parse((await runCli(['hash', '--json', ...root])).stdout)).toMatchObject({ models: 0, corrupt: [] });
    await runCli(['import', join(models, 'sd.safetensors'), ...root]);
    const card = JSON.parse((await runCli(['show', 'vae/other/sd', '--json', ...root])).stdout) as {
      files: { sha256: string }[];
    };
    const blob = join(root[1] ?? '', 'blobs/sha256', card.files[0]?.sha256 ?? '');
    await chmod(blob, 0o644);
    await writeFile(blob, Buffer.alloc(vae.byteLength));
    const damaged = await runCli(['hash', ...root]);
    expect(damaged).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('damaged: ') as string });
  });
});
