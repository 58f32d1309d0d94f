import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFluxLora, buildVae } from '@modelkeep/testing';
import type { DuplicatesReport, GcReport, SharingReport } from 'modelkeep';
import { describe, expect, it } from 'vitest';
import { main } from './main.ts';

const lora = buildFluxLora({ scale: 0.05 });
const vae = buildVae({ kind: 'sd', scale: 0.05 });

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  json<T>(): T;
}

/** The command within this process; what would be shown is collected. */
async function runCli(args: readonly string[]): Promise<Run> {
  const shown = { stdout: '', stderr: '' };
  const exitCode = await main(args, {
    out: (text) => (shown.stdout += `${text}\n`),
    err: (text) => (shown.stderr += `${text}\n`),
    progressStream: null,
  });
  return { exitCode, ...shown, json: <T>() => JSON.parse(shown.stdout) as T };
}

async function testFolder(): Promise<{ path: string; join(...names: string[]): string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'modelkeep-cli-upkeep-'));
  return {
    path,
    join: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

describe('the commands that keep a library in order', () => {
  it('gc tells, and then moves to the trash, what no model needs', async () => {
    await using folder = await testFolder();
    const root = ['--root', folder.join('library')];
    await writeFile(folder.join('line.safetensors'), lora);
    await writeFile(folder.join('vae.safetensors'), vae);
    await runCli(['import', folder.join('line.safetensors'), folder.join('vae.safetensors'), ...root]);
    await rm(folder.join('library/vae/other/vae'), { recursive: true });
    const young = await runCli(['gc', '--dry-run', ...root]);
    expect([young.exitCode, young.stdout]).toMatchObject([0, expect.stringContaining('1 too young')]);

    const trash = folder.join('library/.modelkeep/trash/20260101T000000000Z');
    await mkdir(trash, { recursive: true });
    const { items } = (await runCli(['gc', '--dry-run', '--json', ...root])).json<GcReport>();
    expect(items).toEqual([]);
    const old = folder.join('library/.modelkeep/quarantine/bad');
    await writeFile(old, 'bad bytes');
    await utimes(old, 1, 1);
    const run = await runCli(['gc', ...root]);
    expect([run.exitCode, run.stdout]).toMatchObject([0, expect.stringContaining('freed')]);
    expect(await readdir(folder.join('library/blobs/sha256'))).toHaveLength(2);

    await writeFile(folder.join('library/lora/flux1/line/metadata.json'), '{');
    const refused = await runCli(['gc', '--json', ...root]);
    expect([refused.exitCode, refused.json()]).toMatchObject([1, { error: { code: 'library.corrupt-metadata' } }]);
  });

  it('dedupe tells first, acts when asked, and says what it cannot do', async () => {
    await using folder = await testFolder();
    const root = ['--root', folder.join('library')];
    await mkdir(folder.join('app'));
    for (const name of ['a', 'b', 'c']) await writeFile(folder.join('app', `${name}.safetensors`), lora);
    await runCli(['import', folder.join('app'), ...root]);
    const args = ['dedupe', folder.join('app'), '--min-bytes', '1000', ...root];
    const told = await runCli(args);
    expect([told.exitCode, told.stdout]).toMatchObject([0, expect.stringContaining('run it again with --apply')]);
    const { found, done } = (await runCli([...args, '--apply', '--allow-hardlinks', '--json'])).json<{
      readonly found: DuplicatesReport;
      readonly done: SharingReport;
    }>();
    expect(found.groups).toMatchObject([{ duplicates: [{}, {}], bytesApparent: 2 * lora.length }]);
    expect(done.shared).toHaveLength(2);
    expect(await readFile(folder.join('app/b.safetensors'))).toEqual(Buffer.from(lora));
    const again = await runCli([...args, '--apply']);
    expect([again.exitCode, again.stdout]).toMatchObject([0, expect.stringContaining('share their bytes now')]);
    const own = await runCli(['dedupe', folder.join('library'), ...root]);
    expect(own.stderr).toContain('a model library');
  });

  it('verify mends from the file that was imported, and says what it cannot mend', async () => {
    await using folder = await testFolder();
    const root = ['--root', folder.join('library')];
    await writeFile(folder.join('line.safetensors'), lora);
    await runCli(['import', folder.join('line.safetensors'), ...root]);
    const [blob = ''] = await readdir(folder.join('library/blobs/sha256'));
    const damage = async (): Promise<void> => {
      await chmod(folder.join('library/blobs/sha256', blob), 0o644);
      await writeFile(folder.join('library/blobs/sha256', blob), 'short');
    };
    await damage();
    const found = await runCli(['verify', '--quick', ...root]);
    expect([found.exitCode, found.stderr]).toMatchObject([1, expect.stringContaining('size: lora/flux1/line')]);
    const mended = await runCli(['verify', '--repair', '--quick', ...root]);
    expect([mended.exitCode, mended.stdout]).toMatchObject([0, expect.stringContaining('fetched: lora/flux1/line')]);
    expect((await runCli(['verify', ...root])).exitCode).toBe(0);
    await damage();
    await rm(folder.join('line.safetensors'));
    const left = await runCli(['verify', '--repair', ...root]);
    expect([left.exitCode, left.stderr]).toMatchObject([1, expect.stringContaining('cannot be fetched')]);
    expect((await runCli(['doctor', ...root])).stdout).toMatch(/size .* on the drive.*\ngarbage .* for gc/);
  });

  it('refuse options that mean nothing', async () => {
    await using folder = await testFolder();
    const root = ['--root', folder.join('library'), '--json'];
    await writeFile(folder.join('line.safetensors'), lora);
    await runCli(['import', folder.join('line.safetensors'), ...root]);
    for (const args of [
      ['verify', '--deep', '--quick'],
      ['verify', '--replace-changed'],
      ['gc', 'something'],
      ['gc', '--wrong'],
      ['dedupe'],
      ['dedupe', ''],
      ['dedupe', folder.path, '--allow-hardlinks'],
      ['dedupe', folder.path, '--min-bytes', '-1'],
    ]) {
      const run = await runCli([...args, ...root]);
      expect(run.exitCode, args.join(' ')).toBe(2);
    }
    const none = await runCli(['dedupe', folder.join('none'), ...root]);
    expect([none.exitCode, none.json()]).toMatchObject([1, { error: { code: 'io.not-found' } }]);
  });
});
